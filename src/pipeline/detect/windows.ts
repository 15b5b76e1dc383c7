import { MTCNN_STANDARDISATION } from '../../models/pnet';
import type { Candidate } from './boxes';
import { areaResize, type Integral, type PixelBox } from './integral';

/**
 * A candidate's pixels, as R-Net and O-Net take them: [size, size, 3], standardised, written to `out` from `at` on. Each
 * output is the mean of those it covers.
 */
export function windowInput(picture: Integral, box: Candidate, size: number, out: Float32Array, at: number): void {
  const { mean, scale } = MTCNN_STANDARDISATION;
  areaResize(picture, pixelsOf(picture, box), size, size, out, { at, stride: size * 3 }, scale, -mean * scale);
}

/** Whether any pixel of the candidate is the picture's. */
export function isInside(picture: Integral, box: Candidate): boolean {
  const { x0, y0, x1, y1 } = pixelsOf(picture, box);
  return x1 > x0 && y1 > y0;
}

/** Whole pixels from x0 to x1, which count from 1, clipped to the picture. */
function pixelsOf({ width, height }: Integral, box: Candidate): PixelBox {
  return {
    x0: Math.max(Math.trunc(box.x0), 1) - 1,
    y0: Math.max(Math.trunc(box.y0), 1) - 1,
    x1: Math.min(Math.trunc(box.x1), width),
    y1: Math.min(Math.trunc(box.y1), height),
  };
}
