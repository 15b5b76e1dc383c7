import type { Detection, FaceCrop, Frame } from '../../core/types';
import { cutOut, indexedBox } from './cutOut';

/** The original's `margin`: pixels of the picture added in all, half of them a side. */
export const FACENET_MARGIN = 32;

/**
 * The original facenet's crop: the box, wider by `margin` picture pixels in all, clipped to the picture, its corners cut
 * to whole pixels, resized (antialiased bilinear) to `size`², whatever its shape. `scale`: pixels of this frame for one of
 * the picture that the margin means, where the frame is a reduced copy.
 */
export function facenetCrop(
  frame: Frame,
  { box }: Pick<Detection, 'box'>,
  size: number,
  margin = FACENET_MARGIN,
  scale = 1,
): FaceCrop {
  const { x0, y0, x1, y1 } = indexedBox(box, scale);
  const side = (margin / 2) * scale;
  return cutOut(frame, { x0: x0 - side, y0: y0 - side, x1: x1 + side, y1: y1 + side }, size);
}
