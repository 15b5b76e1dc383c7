import { FaceError } from '../core/errors';
import type { Precision } from '../core/types';
import type { Weights } from '../core/weights';
import { downloadWhole } from './download';
import { modelFileName } from './files';
import { readSafetensors } from './formats/safetensors';
import type { ModelRow } from './registry';
import { deleteStored, readStored } from './storage';
import { verifyBytes } from './verify';

export interface LoadOptions {
  readonly modelsUrl: string;
  readonly signal?: AbortSignal | undefined;
  /** Bytes read so far, of `total`. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Loads a model's weights from browser storage or, where they are not there, from the models folder, and verifies them;
 * nothing is returned unless every byte is the registry's. A damaged file in storage is removed, so that it can be got
 * again. Throws `weights/precision-missing`, `weights/not-found`, `weights/truncated`, `weights/oversized`,
 * `weights/hash-mismatch`, `aborted`.
 */
export async function loadWeights(row: ModelRow, precision: Precision, options: LoadOptions): Promise<Weights> {
  const file = modelFileName(row.id, precision);
  const expected = row.files[precision];
  if (!expected) {
    const present = Object.keys(row.files).join(', ');
    throw new FaceError('weights/precision-missing', { model: row.title, precision, present });
  }
  const stored = await readStored('files', expected);
  const bytes = stored ?? (await fetchFile(file, expected.bytes, options));
  try {
    await verifyBytes(bytes, expected, file);
  } catch (thrown) {
    if (stored) await deleteStored('files', [expected.sha256]);
    throw thrown;
  }
  options.onProgress?.(expected.bytes, expected.bytes);
  return readSafetensors(bytes, file);
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
