import type { Detection, FaceCrop, Frame } from '../../core/types';
import { cutOut, indexedBox } from './cutOut';

/** Pixels of the crop that are margin in all, both sides together. */
const MARGIN = 32;

/**
 * facenet-pytorch's crop: width and height each grow by side · 32 / (size − 32), half a side; clipped to the picture, its
 * corners cut to whole pixels, resized (antialiased bilinear) to `size`². `scale`: see `cropFace`.
 */
export function facenetPytorchCrop(frame: Frame, { box }: Pick<Detection, 'box'>, size: number, scale = 1): FaceCrop {
  const { x0, y0, x1, y1 } = indexedBox(box, scale);
  const x = ((x1 - x0) * MARGIN) / (size - MARGIN) / 2;
  const y = ((y1 - y0) * MARGIN) / (size - MARGIN) / 2;
  return cutOut(frame, { x0: x0 - x, y0: y0 - y, x1: x1 + x, y1: y1 + y }, size);
}
