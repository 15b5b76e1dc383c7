import type { RgbaImage } from '../core/types';

/** Pixels as a file: PNG exactly, or JPEG at quality .95. */
export async function encodeImage(image: RgbaImage, type: 'image/png' | 'image/jpeg'): Promise<Blob> {
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pixels = new ImageData(image.width, image.height);
  pixels.data.set(image.data);
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
  return canvas.convertToBlob({ type, quality: 0.95 });
}
