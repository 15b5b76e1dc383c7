import { MTCNN_STANDARDISATION } from '../../models/pnet';
import type { RgbaImage } from '../../core/types';
import { resample } from '../resample';
import type { Candidate } from './boxes';

/**
 * A candidate's pixels, as R-Net and O-Net take them: [size, size, 3], standardised, written to `out` from `at` on. Whole
 * pixels from x0 to x1 (counted from 1), clipped to the picture, each output the mean of those it covers.
 */
export function windowInput(image: RgbaImage, box: Candidate, size: number, out: Float32Array, at: number): void {
  const { mean, scale } = MTCNN_STANDARDISATION;
  const whole = {
    x0: Math.max(Math.trunc(box.x0), 1) - 1,
    y0: Math.max(Math.trunc(box.y0), 1) - 1,
    x1: Math.min(Math.trunc(box.x1), image.width),
    y1: Math.min(Math.trunc(box.y1), image.height),
  };
  resample(image, whole, size, size, { filter: 'area', outside: 'cut' }, out, at, scale, -mean * scale);
}

/** Whether any pixel of the candidate is the picture's. */
export function isInside(image: RgbaImage, box: Candidate): boolean {
  return (
    Math.min(Math.trunc(box.x1), image.width) > Math.max(Math.trunc(box.x0), 1) - 1 &&
    Math.min(Math.trunc(box.y1), image.height) > Math.max(Math.trunc(box.y0), 1) - 1
  );
}
