import { APP_SCOPE } from '../core/hosting/appScope';
import { ownName } from '../core/hosting/ownNames';
import { FaceError } from '../core/errors';
import type { Precision } from '../core/types';
import { databaseConnection, inTransaction, type DatabaseConnection } from './connection';
import { writeTable } from './databaseTables';
import { keepsNothing } from './denied';
import { UNGUARDED, type WriteGuard } from './guard';
import { memoryDatabase, type MemoryDatabase } from './memoryDatabase';
import { memoryTrainTables } from './memoryTrainTables';
import type { TrainedModelRecord, TrainRunRecord, TrainStore } from './trainSchema';
import { TRAIN_TABLES, type TrainBacking, type TrainTables } from './trainTables';

/**
 * Opens the training runs and trained models of this device; in the page or in a worker. Where the browser keeps nothing
 * they live in `memory` (`persistent` false). `guard`: where several tabs are open, every write of this one goes through
 * it; a worker writes for a page that asked its own. Throws `store/blocked`, `store/newer-version`, `store/full`.
 */
export async function openTrainStore(
  name = ownName('facenet-web', APP_SCOPE),
  guard: WriteGuard = UNGUARDED,
  memory: MemoryDatabase = memoryDatabase(),
): Promise<TrainStore> {
  const changed = new Set<() => void>();
  const callAll = () => {
    for (const callback of changed) callback();
  };
  if (typeof indexedDB === 'undefined') return trainStore(memoryTrainTables(memory), changed, callAll, () => {}, guard);
  try {
    const connection = await databaseConnection(name, callAll);
    const tabs = new BroadcastChannel(`${name}-training`);
    tabs.addEventListener('message', callAll);
    const tell = () => {
      callAll();
      tabs.postMessage('changed');
    };
    const close = () => {
      tabs.close();
      void connection.release();
    };
    return trainStore(inDatabase(connection), changed, tell, close, guard);
  } catch (thrown) {
    if (!keepsNothing(thrown)) throw thrown;
    return trainStore(memoryTrainTables(memory), changed, callAll, () => {}, guard);
  }
}

function inDatabase(connection: DatabaseConnection): TrainBacking {
  const run = <R>(mode: 'readonly' | 'readwrite', body: (tables: TrainTables) => Promise<R>) =>
    inTransaction(connection, TRAIN_TABLES, mode, async (transaction) => {
      const files = transaction.objectStore('trainedFiles');
      return body({
        trainRuns: writeTable(transaction.objectStore('trainRuns')),
        checkpoints: writeTable(transaction.objectStore('checkpoints')),
        trainedModels: writeTable(transaction.objectStore('trainedModels')),
        trainedFiles: { ...writeTable(files), keysOfModel: (id) => files.index('byModel').getAllKeys(id) },
      });
    });
  return { persistent: true, read: (body) => run('readonly', body), write: (body) => run('readwrite', body) };
}

function trainStore(
  { persistent, read, write: unguarded }: TrainBacking,
  changed: Set<() => void>,
  tell: () => void,
  close: () => void,
  guard: WriteGuard,
): TrainStore {
  const latestFirst = <T extends { readonly createdAt: number }>(rows: T[]) =>
    rows.sort((a, b) => b.createdAt - a.createdAt);
  const write: TrainBacking['write'] = (body) => guard.run(() => unguarded(body));
  const change = async (body: (tables: TrainTables) => Promise<void>) => {
    await write(body);
    tell();
  };
  const fileId = (model: string, precision: Precision) => `${model}.${precision}`;
  const removeFiles = async ({ trainedFiles }: TrainTables, id: string) => {
    for (const key of await trainedFiles.keysOfModel(id)) await trainedFiles.delete(key);
  };
  return {
    persistent,
    mayWrite: () => guard.mayWrite(),
    runs: () => read(async ({ trainRuns }): Promise<TrainRunRecord[]> => latestFirst(await trainRuns.all())),
    run: (id) => read(async ({ trainRuns }) => (await trainRuns.get(id)) ?? null),
    saveRun: (run) => change(async ({ trainRuns }) => void (await trainRuns.put(run))),
    removeRun: (id) =>
      change(async ({ trainRuns, checkpoints }) => {
        await trainRuns.delete(id);
        await checkpoints.delete(id);
      }),
    sink: (runId) => ({
      async save({ meta, tensors }) {
        await write(
          async ({ checkpoints }) => void (await checkpoints.put({ runId, meta, tensors, savedAt: Date.now() })),
        );
      },
      meta: () => read(async ({ checkpoints }) => (await checkpoints.get(runId))?.meta ?? null),
      latest: () =>
        read(async ({ checkpoints }) => {
          const row = await checkpoints.get(runId);
          return row ? { meta: row.meta, tensors: row.tensors } : null;
        }),
    }),
    removeCheckpoint: (runId) => change(async ({ checkpoints }) => void (await checkpoints.delete(runId))),
    models: () =>
      read(async ({ trainedModels }): Promise<TrainedModelRecord[]> => latestFirst(await trainedModels.all())),
    model: (id) => read(async ({ trainedModels }) => (await trainedModels.get(id)) ?? null),
    saveModel: (model, files) =>
      change(async (tables) => {
        await removeFiles(tables, model.id);
        await tables.trainedModels.put(model);
        for (const [precision, bytes] of files)
          await tables.trainedFiles.put({ id: fileId(model.id, precision), modelId: model.id, precision, bytes });
      }),
    modelFile: (id, precision) =>
      read(async ({ trainedFiles }) => {
        const row = await trainedFiles.get(fileId(id, precision));
        if (!row) throw new FaceError('store/not-found', { kind: 'trained model', id: fileId(id, precision) });
        return row.bytes;
      }),
    removeModel: (id) =>
      change(async (tables) => {
        await tables.trainedModels.delete(id);
        await removeFiles(tables, id);
      }),
    onChange(callback) {
      changed.add(callback);
      return () => changed.delete(callback);
    },
    close,
  };
}
