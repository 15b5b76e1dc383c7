import type { Box, FaceCrop, Frame } from '../../core/types';
import { resample } from '../resample';

/**
 * `box`, clipped to the picture and cut to whole pixels as the originals do (towards zero), resized to `size`² from its
 * own pixels only, antialiased.
 */
export function cutOut(frame: Frame, box: Box, size: number): FaceCrop {
  const x0 = Math.trunc(Math.max(box.x0, 0));
  const y0 = Math.trunc(Math.max(box.y0, 0));
  const whole = {
    x0,
    y0,
    x1: Math.max(x0 + 1, Math.trunc(Math.min(box.x1, frame.width))),
    y1: Math.max(y0 + 1, Math.trunc(Math.min(box.y1, frame.height))),
  };
  const part = frame.region(whole);
  const local = { x0: x0 - part.x0, y0: y0 - part.y0, x1: whole.x1 - part.x0, y1: whole.y1 - part.y0 };
  return { size, data: resample(part, local, size, size, 'cut') };
}

/**
 * The box as the originals cut it. MTCNN counts pixels from 1, and they use its first pixel as an index from 0: their crops,
 * and so all published figures, start one pixel further in. `scale`: see `cropFace`.
 */
export function indexedBox(box: Box, scale: number): Box {
  return { x0: box.x0 + scale, y0: box.y0 + scale, x1: box.x1, y1: box.y1 };
}
