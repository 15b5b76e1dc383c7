/** Training runs, their checkpoints and the models they made. */
import { FaceError } from '../core/errors';
import type { Precision } from '../core/types';
import type { Tables, Tabular } from './faceDb';
import type { StorePart } from './schema';
import type { TrainedModelRecord, TrainRunRecord, TrainStore } from './trainSchema';

/** A checkpoint's two halves, written together. */
const CHECKPOINT = ['checkpoints', 'checkpointMeta'] as const;
const MODEL = ['trainedModels', 'trainedFiles'] as const;

const latestFirst = <T extends { readonly createdAt: number }>(rows: T[]) =>
  rows.sort((a, b) => b.createdAt - a.createdAt);
const fileId = (model: string, precision: Precision) => `${model}.${precision}`;

async function removeFiles({ trainedFiles }: Tables<'trainedFiles'>, model: string): Promise<void> {
  for (const id of await trainedFiles.idsBy('byModel', model)) await trainedFiles.delete(id);
}
async function removeCheckpoint(
  { checkpoints, checkpointMeta }: Tables<(typeof CHECKPOINT)[number]>,
  runId: string,
): Promise<void> {
  await checkpoints.delete(runId);
  await checkpointMeta.delete(runId);
}

export function trainStore({ read, write }: Tabular, part: StorePart): TrainStore {
  return {
    ...part,
    runs: () =>
      read(['trainRuns'], async ({ trainRuns }): Promise<TrainRunRecord[]> => latestFirst(await trainRuns.all())),
    run: (id) => read(['trainRuns'], async ({ trainRuns }) => (await trainRuns.get(id)) ?? null),
    saveRun: (run) =>
      write(['trainRuns'], async ({ trainRuns }) => {
        await trainRuns.put(run);
      }),
    removeRun: (id) =>
      write(['trainRuns', ...CHECKPOINT], async (tables) => {
        await tables.trainRuns.delete(id);
        await removeCheckpoint(tables, id);
      }),
    sink: (runId) => ({
      save: ({ meta, tensors }) =>
        write(CHECKPOINT, async ({ checkpoints, checkpointMeta }) => {
          await checkpoints.put({ runId, tensors });
          await checkpointMeta.put({ id: runId, meta });
        }),
      meta: () =>
        read(['checkpointMeta'], async ({ checkpointMeta }) => (await checkpointMeta.get(runId))?.meta ?? null),
      latest: () =>
        read(CHECKPOINT, async ({ checkpoints, checkpointMeta }) => {
          const [row, described] = [await checkpoints.get(runId), await checkpointMeta.get(runId)];
          return row && described ? { meta: described.meta, tensors: row.tensors } : null;
        }),
    }),
    removeCheckpoint: (runId) => write(CHECKPOINT, (tables) => removeCheckpoint(tables, runId)),
    models: () =>
      read(['trainedModels'], async ({ trainedModels }): Promise<TrainedModelRecord[]> =>
        latestFirst(await trainedModels.all()),
      ),
    model: (id) => read(['trainedModels'], async ({ trainedModels }) => (await trainedModels.get(id)) ?? null),
    saveModel: (model, files) =>
      write(MODEL, async (tables) => {
        await removeFiles(tables, model.id);
        await tables.trainedModels.put(model);
        for (const [precision, bytes] of files)
          await tables.trainedFiles.put({ id: fileId(model.id, precision), modelId: model.id, precision, bytes });
      }),
    renameModel: (id, title) =>
      write(['trainedModels'], async ({ trainedModels }) => {
        const model = await trainedModels.get(id);
        if (!model) throw new FaceError('store/not-found', { kind: 'trained model', id });
        const renamed = { ...model, title };
        await trainedModels.put(renamed);
        return renamed;
      }),
    modelFile: (id, precision) =>
      read(['trainedFiles'], async ({ trainedFiles }) => {
        const row = await trainedFiles.get(fileId(id, precision));
        if (!row) throw new FaceError('store/not-found', { kind: 'trained model', id: fileId(id, precision) });
        return row.bytes;
      }),
    removeModel: (id) =>
      write(MODEL, async (tables) => {
        await tables.trainedModels.delete(id);
        await removeFiles(tables, id);
      }),
  };
}
