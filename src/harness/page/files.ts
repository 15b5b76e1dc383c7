import { FaceError } from '../../core/errors';
import type { PictureRef } from '../bridge';

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

/** The picture as a JPEG of little loss. */
export async function asJpeg(picture: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(picture);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext('2d')!.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
}
