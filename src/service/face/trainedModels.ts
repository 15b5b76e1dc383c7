import type { Progress } from '../../core/call';
import { FaceError } from '../../core/errors';
import { PRECISIONS, type Precision } from '../../core/types';
import type { Weights } from '../../core/weights';
import { cleanName } from '../../store/names';
import type { TrainedModelRecord, TrainStore } from '../../store/trainSchema';
import { openStore } from '../../store/store';
import { checkTrained, fileOf, foldedWeights } from '../../train/trainedFiles';
import { readSafetensors } from '../../weights/formats/safetensors';
import type { EmbedderRow } from '../../weights/modelRow';
import { MODELS } from '../../weights/registry';
import {
  describeTrained,
  infoOf,
  MAX_TRAINED_BYTES,
  readTrained,
  trainedInfo,
  trainedRow,
  type TrainedDetails,
  type TrainedInfo,
} from '../../weights/trained';
import { sha256 } from '../../core/sha256';
import { assertSameTrained } from '../../weights/sameTrained';
import { verifyBytes } from '../../weights/verify';

/** Models trained with this program: those that this browser keeps, and files that describe themselves. */

type Files = ReadonlyMap<Precision, Uint8Array<ArrayBuffer>>;

/** A trained model's file, by its address. */
export interface ModelFileRef {
  readonly url: string;
  /** What the user calls it; appears in error sentences. */
  readonly name: string;
}

export interface SaveTrainedRequest {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly details: TrainedDetails;
  /** JSON, kept with it. */
  readonly report: string | null;
}

let opened: Promise<TrainStore> | null = null;
function openedStore(): Promise<TrainStore> {
  opened ??= openStore().then(
    ({ training }) => training,
    (thrown: unknown) => {
      opened = null; // another try may find it free
      throw thrown;
    },
  );
  return opened;
}

/** The rows of the models kept here, the latest first; none where the browser keeps nothing. */
export async function trainedRows(): Promise<EmbedderRow[]> {
  const store = await openedStore().catch(() => null);
  return ((await store?.models()) ?? []).map(rowOf);
}

function rowOf(record: TrainedModelRecord): EmbedderRow {
  return trainedRow(infoOf(record), record.files);
}

/** A kept model's file, verified, with its title of today. Throws `store/not-found`, `weights/hash-mismatch`. */
export async function keptFile(row: EmbedderRow, precision: Precision): Promise<Uint8Array<ArrayBuffer>> {
  const store = await openedStore();
  const record = await store.model(row.id);
  const bytes = await store.modelFile(row.id, precision);
  await verifyBytes(bytes, row.files[precision]!, `${row.title}, ${precision}`);
  return record ? describeTrained(bytes, infoOf(record)) : bytes;
}

/** A kept model's weights, verified and checked. */
export async function keptWeights(row: EmbedderRow, precision: Precision): Promise<Weights> {
  const store = await openedStore();
  const bytes = await store.modelFile(row.id, precision);
  const name = `${row.title}, ${precision}`;
  await verifyBytes(bytes, row.files[precision]!, name);
  return checked(row, readSafetensors(bytes, name));
}

function checked(row: EmbedderRow, weights: Weights): Weights {
  checkTrained(row, weights);
  return weights;
}

/** A file that describes itself: its row, with that one file, and its weights. Throws readTrained's errors, `weights/missing-tensor`, `weights/shape-mismatch`. */
export async function readTrainedFile(bytes: Uint8Array<ArrayBuffer>, name: string) {
  const { info, precision, weights } = await readTrained(bytes, name);
  const row = trainedRow(info, { [precision]: { bytes: bytes.length, sha256: await sha256(bytes) } });
  return { row, info, precision, weights: checked(row, weights) };
}

/** The bytes at an address that the caller gave. Throws `weights/not-found`, `weights/oversized`. */
export async function fetchModelFile({ url, name }: ModelFileRef, signal?: AbortSignal) {
  const response = await fetch(url, signal ? { signal } : {});
  if (!response.ok) throw new FaceError('weights/not-found', { file: name });
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > MAX_TRAINED_BYTES) throw new FaceError('weights/oversized', { file: name });
  return bytes;
}

/** Folds and keeps what was trained: see the protocol's `saveTrained`. */
export async function saveTrained(
  { bytes, details, report }: SaveTrainedRequest,
  progress: (progress: Progress) => void,
): Promise<EmbedderRow> {
  const info = await trainedInfo(bytes, details, [...MODELS, ...(await trainedRows())]);
  const step = (done: number) => progress({ stage: `Keeping ${info.title}`, done, total: 4, unit: 'steps' });
  step(0);
  const folded = foldedWeights(trainedRow(info, {}), readSafetensors(bytes, info.title));
  const files = new Map<Precision, Uint8Array<ArrayBuffer>>();
  for (const [i, precision] of PRECISIONS.entries()) {
    step(i + 1);
    files.set(precision, await describeTrained(fileOf(folded, precision), info));
  }
  const store = await openedStore();
  try {
    return await keep(store, info, files, report);
  } catch (thrown) {
    if (!(thrown instanceof FaceError) || thrown.code !== 'store/full') throw thrown;
    files.delete('float32'); // the app itself runs the smaller ones
    return keep(store, info, files, report);
  }
}

/** Adds a trained model's file. Throws as `readTrainedFile`, and `weights/id-taken`, `store/full`. */
export async function importTrained(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<EmbedderRow> {
  const { info, precision } = await readTrainedFile(bytes, name);
  const store = await openedStore();
  const known = await store.model(info.id);
  if (known) {
    const file = async (here: Precision) => (known.files[here] ? store.modelFile(known.id, here) : null);
    await assertSameTrained({ info: infoOf(known), file }, { info, precision }, bytes, name);
  }
  const files = new Map<Precision, Uint8Array<ArrayBuffer>>();
  for (const here of PRECISIONS) if (known?.files[here]) files.set(here, await store.modelFile(info.id, here));
  files.set(precision, bytes);
  return keep(store, known ? { ...info, title: known.title } : info, files, known?.report ?? null);
}

async function keep(store: TrainStore, info: TrainedInfo, files: Files, report: string | null): Promise<EmbedderRow> {
  const hashed: TrainedModelRecord['files'] = {};
  for (const [precision, bytes] of files) hashed[precision] = { bytes: bytes.length, sha256: await sha256(bytes) };
  const record: TrainedModelRecord = { ...info, folded: true, report, files: hashed };
  await store.saveModel(record, files);
  return rowOf(record);
}

/** Throws `store/not-found`, `store/bad-name`. */
export async function renameTrained(id: string, title: string): Promise<EmbedderRow> {
  return rowOf(await (await openedStore()).renameModel(id, cleanName(title)));
}

export async function removeTrained(id: string): Promise<void> {
  await (await openedStore()).removeModel(id);
}
