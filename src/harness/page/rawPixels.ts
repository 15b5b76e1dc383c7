import { l2Normalise } from '../../core/vectors';

const SIDE = 24;
/** Numbers of a row. */
export const RAW_PIXELS = SIDE * SIDE;

/** A picture as small grey pixels, mean 0 and length 1: what comparing without any network amounts to. */
export async function rawPixels(blob: Blob): Promise<Float32Array> {
  const bitmap = await createImageBitmap(blob, { resizeWidth: SIDE, resizeHeight: SIDE, resizeQuality: 'high' });
  const context = new OffscreenCanvas(SIDE, SIDE).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  const grey = Float32Array.from({ length: RAW_PIXELS }, (_, i) => data[4 * i]! + data[4 * i + 1]! + data[4 * i + 2]!);
  const mean = grey.reduce((sum, value) => sum + value, 0) / RAW_PIXELS;
  return l2Normalise(grey.map((value) => value - mean));
}
