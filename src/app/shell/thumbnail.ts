/** Longer side of displayed copies, pixels: sharp in the widest card at double density. */
const SIDE = 1280;
/** Files below this size and no larger than SIDE are shown unchanged. */
const SMALL_BYTES = 600_000;

/** An object URL, to be revoked, of a copy of at most 1280 px a side; null when the page cannot decode it. */
export async function thumbnail(picture: Blob, width: number, height: number): Promise<string | null> {
  if (SIDE >= Math.max(width, height) && picture.size < SMALL_BYTES) return URL.createObjectURL(picture);
  const copy = await smallCopy(picture, width, height, SIDE);
  return copy && URL.createObjectURL(copy);
}

/** A JPEG of at most `side` px on its longer side; null when the page cannot decode the picture (a worker may). */
export async function smallCopy(picture: Blob, width: number, height: number, side: number): Promise<Blob | null> {
  const scale = Math.min(1, side / Math.max(width, height));
  const size = {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
  };
  try {
    return await toJpeg(await createImageBitmap(picture, { ...size, resizeQuality: 'medium' }));
  } catch {
    return null;
  }
}

/** `source` as a JPEG; closes a bitmap. */
export async function toJpeg(source: ImageBitmap): Promise<Blob> {
  const canvas = new OffscreenCanvas(source.width, source.height);
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#fff'; // the background of transparent pictures
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0);
  source.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.88 });
}
