import { FaceError } from './errors';

/** The SHA-256 of `bytes`, hexadecimal, small letters. Throws `app/not-secure` in a page opened by plain http. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Typed as always present, but only a secure context has it.
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (!subtle) throw new FaceError('app/not-secure');
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
