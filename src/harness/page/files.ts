import { FaceError } from '../../core/errors';
import type { PictureRef } from '../../client/types';

/** A picture from the command line's server. Throws `image/unreadable`. */
export async function load({ url, name }: PictureRef): Promise<Blob> {
  const response = await fetch(url);
  if (!response.ok) throw new FaceError('image/unreadable', { name });
  return response.blob();
}

/** Writes a file through the command line's server. Throws `harness/not-written`. */
export async function put(address: string, content: Blob | Uint8Array<ArrayBuffer>, name: string): Promise<void> {
  const response = await fetch(address, { method: 'PUT', body: content });
  if (!response.ok) throw new FaceError('harness/not-written', { name, reason: await response.text() });
}
