import type { Precision } from '../../core/types';
import { sha256 } from '../../core/sha256';
import { canonicalJson } from '../../weights/sameTrained';
import { readTrained, TRAINED_ID, type TrainedInfo } from '../../weights/trained';
import type { TrainedModelRecord } from '../trainSchema';
import type { BackupRecord, Bytes } from './records';

/** A model's file, read as strictly as one that is dropped on the app. */
interface ReadFile {
  readonly precision: Precision;
  readonly sha256: string;
  readonly info: TrainedInfo;
}

async function readFile(bytes: Bytes, id: string, precision: Precision): Promise<ReadFile> {
  const file = await readTrained(bytes, id);
  if (file.info.id !== id) throw new Error(`it holds ${file.info.id}`);
  if (file.precision !== precision) throw new Error(`it is ${file.precision}, not ${precision}`);
  return { precision, sha256: await sha256(bytes), info: file.info };
}

/** A model's record must say what its file says of itself; only the title may differ, for the user may have renamed it. */
function compare(model: TrainedModelRecord, { precision, sha256, info }: ReadFile): void {
  const about = model.files[precision];
  if (about?.sha256 !== sha256) throw new Error('its SHA-256 differs');
  for (const key of [...Object.keys(info), 'cohort'] as (keyof TrainedInfo)[])
    if (key !== 'title' && canonicalJson(model[key]) !== canonicalJson(info[key]))
      throw new Error(`its ${key} is not what its file says`);
}

/** Whether a model and its files belong together and can be used. Throws what says why not. */
export async function checkModel(model: TrainedModelRecord, files: ReadonlyMap<Precision, Bytes>): Promise<void> {
  if (!TRAINED_ID.test(model.id)) throw new Error('its id is none of a trained model');
  for (const [precision, bytes] of files) compare(model, await readFile(bytes, model.id, precision));
}

/** Reads every model among a backup's records, one file in memory at a time. Throws what `bad` makes. */
export function modelChecker(bad: (reason: string) => Error): { add(record: BackupRecord): Promise<void> } {
  let file: { readonly id: string; readonly precision: Precision; readonly bytes: number; parts: Bytes[] } | null =
    null;
  let got = 0;
  let read: ReadFile[] = [];
  async function attempt(id: string, work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      throw bad(`the model ${id} cannot be used (${thrown instanceof Error ? thrown.message : String(thrown)})`);
    }
  }
  return {
    async add(record) {
      if (record.kind === 'file') {
        file = { id: record.modelId, precision: record.precision, bytes: record.bytes, parts: [] };
        got = 0;
      } else if (record.kind === 'part' && file) {
        file.parts.push(record.bytes);
        got += record.bytes.length;
        if (got < file.bytes) return;
        const { id, precision, parts } = file;
        file = null;
        const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
        await attempt(id, async () => void read.push(await readFile(bytes, id, precision)));
      } else if (record.kind === 'model') {
        await attempt(record.model.id, () => {
          if (!TRAINED_ID.test(record.model.id)) throw new Error('its id is none of a trained model');
          for (const each of read) compare(record.model, each);
        });
        read = [];
      }
    },
  };
}
