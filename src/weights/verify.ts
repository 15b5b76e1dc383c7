import { FaceError } from '../core/errors';
import { checkLength } from './formats/array';

/** Exactly which bytes a file must be. */
export interface Expected {
  readonly bytes: number;
  /** In hexadecimal, small letters. */
  readonly sha256: string;
}

/** The SHA-256 of `bytes`, hexadecimal. Needs a secure context in a browser. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Throws `weights/truncated`, `weights/oversized` or `weights/hash-mismatch` unless `bytes` are those of the registry. */
export async function verifyBytes(bytes: Uint8Array<ArrayBuffer>, expected: Expected, file: string): Promise<void> {
  checkLength(bytes.length, expected.bytes, file);
  const got = await sha256(bytes);
  if (got !== expected.sha256) throw new FaceError('weights/hash-mismatch', { file, expected: expected.sha256, got });
}
