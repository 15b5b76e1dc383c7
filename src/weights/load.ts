import { FaceError } from '../core/errors';
import type { Precision } from '../core/types';
import type { Weights } from '../core/weights';
import { downloadWhole } from './download';
import { modelFileName } from './files';
import { readSafetensors } from './formats/safetensors';
import type { ModelRow } from './modelRow';
import { EMBEDDERS, MODELS } from './registry';
import { deleteStored, keepForOffline, readStored } from './storage';
import { verifyBytes, type Expected } from './verify';

export interface LoadOptions {
  /** The folder that the file lies in, with a slash at the end. */
  readonly modelsUrl: string;
  readonly signal?: AbortSignal | undefined;
  /** Bytes read so far, of `total`. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Keep a verified file of the models folder in browser storage, so that the next start needs no network. */
  readonly keep?: boolean | undefined;
}

/**
 * Loads a model's weights from browser storage or else from the models folder, and verifies every byte. A damaged file in
 * storage is removed, so that it can be downloaded again. Throws `weights/precision-missing`, `weights/not-found`, `weights/truncated`, `weights/oversized`,
 * `weights/hash-mismatch`, `aborted`.
 */
export async function loadWeights(row: ModelRow, precision: Precision, options: LoadOptions): Promise<Weights> {
  const file = modelFileName(row.id, precision);
  const expected = row.files[precision];
  if (!expected) {
    const present = Object.keys(row.files).join(', ');
    throw new FaceError('weights/precision-missing', { model: row.title, precision, present });
  }
  return readSafetensors(await loadFile(expected, file, options), file);
}

/** The verified bytes of a file: from browser storage, else from the folder. Throws as `loadWeights`. */
export async function loadFile(
  expected: Expected,
  file: string,
  options: LoadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const stored = await readStored('files', expected);
  const bytes = stored ?? (await readKept(expected, file)) ?? (await fetchFile(file, expected.bytes, options));
  try {
    await verifyBytes(bytes, expected, file);
  } catch (thrown) {
    if (stored) await deleteStored('files', [expected.sha256]);
    throw thrown;
  }
  options.onProgress?.(expected.bytes, expected.bytes);
  if (options.keep && !stored) void keepForOffline(expected.sha256, bytes, knownHashes());
  return bytes;
}

/** The copy of an earlier start, or null; a damaged one is removed, and the file is fetched. */
async function readKept(expected: Expected, file: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const kept = await readStored('kept', expected).catch(() => null);
  if (!kept) return null;
  try {
    await verifyBytes(kept, expected, file);
    return kept;
  } catch {
    await deleteStored('kept', [expected.sha256]);
    return null;
  }
}

function knownHashes(): Set<string> {
  return new Set(
    [...MODELS.flatMap(({ files }) => Object.values(files)), ...EMBEDDERS.map(({ cohort }) => cohort)].map(
      ({ sha256 }) => sha256,
    ),
  );
}

async function fetchFile(file: string, bytes: number, { modelsUrl, signal, onProgress }: LoadOptions) {
  try {
    const onHave = (have: number) => onProgress?.(have, bytes);
    return await downloadWhole(modelsUrl + file, bytes, { signal, name: file, onHave });
  } catch (thrown) {
    if (!(thrown instanceof FaceError) || thrown.code !== 'weights/download-failed') throw thrown;
    throw new FaceError('weights/not-found', { file }, { cause: thrown });
  }
}
