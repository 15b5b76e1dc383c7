import type { Detection, FaceCrop, Frame } from '../../core/types';
import { cutOut } from './cutOut';

/** Pixels of the crop that are margin in all, both sides together. */
const MARGIN = 32;

/**
 * facenet-pytorch's crop: width and height each grow by side · 32 / (size − 32), half a side; clipped to the picture, its
 * corners cut to whole pixels, resized (antialiased bilinear) to `size`².
 */
export function facenetPytorchCrop(frame: Frame, { box }: Pick<Detection, 'box'>, size: number): FaceCrop {
  const x = ((box.x1 - box.x0) * MARGIN) / (size - MARGIN) / 2;
  const y = ((box.y1 - box.y0) * MARGIN) / (size - MARGIN) / 2;
  return cutOut(frame, { x0: box.x0 - x, y0: box.y0 - y, x1: box.x1 + x, y1: box.y1 + y }, size);
}
