/** Longer side of the copies that are shown, pixels: sharp at the widest card on a double-density screen. */
const SIDE = 1280;
/** Files below this that are no larger than SIDE are shown as they are. */
const SMALL_BYTES = 600_000;

/**
 * An object URL of the picture, at most 1280 px on its longer side, whose real size is `width` × `height`; null when the
 * page cannot decode it. The caller revokes it.
 */
export async function thumbnail(picture: Blob, width: number, height: number): Promise<string | null> {
  if (SIDE >= Math.max(width, height) && picture.size < SMALL_BYTES) return URL.createObjectURL(picture);
  const copy = await smallCopy(picture, width, height, SIDE);
  return copy && URL.createObjectURL(copy);
}

/** A JPEG of at most `side` px on its longer side; null when the page cannot decode the picture, which a worker may have done. */
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
  context.fillStyle = '#fff'; // what is seen through a picture's transparent parts
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0);
  source.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.88 });
}
