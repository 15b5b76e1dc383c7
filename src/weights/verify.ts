import { FaceError } from '../core/errors';
import { sha256 } from '../core/sha256';
import { checkLength } from './formats/array';

/** Exactly which bytes a file must be. */
export interface Expected {
  readonly bytes: number;
  /** In hexadecimal, small letters. */
  readonly sha256: string;
}

/** Throws `weights/truncated`, `weights/oversized` or `weights/hash-mismatch` unless `bytes` are those of the registry. */
export async function verifyBytes(bytes: Uint8Array<ArrayBuffer>, expected: Expected, file: string): Promise<void> {
  checkLength(bytes.length, expected.bytes, file);
  const got = await sha256(bytes);
  if (got !== expected.sha256) throw new FaceError('weights/hash-mismatch', { file, expected: expected.sha256, got });
}
