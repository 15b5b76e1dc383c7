import { checkFace } from '../core/checkFace';
import type { PixelCrop } from './types';

/** The drawn face by which a model is checked whenever it starts, as a picture for the train worker's `embed`. */
export function selfTestPicture(size: number): PixelCrop {
  const { data } = checkFace(size);
  return { size, data: Uint8Array.from({ length: size * size * 3 }, (_, i) => data[Math.floor(i / 3) * 4 + (i % 3)]!) };
}
