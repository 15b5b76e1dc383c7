import { MTCNN_STANDARDISATION } from '../../models/pnet';
import type { Candidate } from './boxes';
import { areaResize, type Integral, type PixelBox } from './integral';

/**
 * A candidate's pixels for R-Net and O-Net: [size, size, 3], standardised, written to `out` from `at` on, each the mean of the
 * pixels it covers. Black beyond the picture, as in the original (facenet-pytorch stretches the inside part instead, which
 * makes boxes at the border less exact).
 */
export function windowInput(picture: Integral, box: Candidate, size: number, out: Float32Array, at: number): void {
  const { mean, scale } = MTCNN_STANDARDISATION;
  areaResize(picture, pixelsOf(box), size, size, out, { at, stride: size * 3 }, scale, -mean * scale);
}

/** Whether any pixel of the candidate is the picture's. */
export function isInside({ width, height }: Integral, box: Candidate): boolean {
  const { x0, y0, x1, y1 } = pixelsOf(box);
  return x1 > Math.max(x0, 0) && y1 > Math.max(y0, 0) && x0 < width && y0 < height;
}

/** Whole pixels from x0 to x1, which count from 1. */
function pixelsOf(box: Candidate): PixelBox {
  return { x0: Math.trunc(box.x0) - 1, y0: Math.trunc(box.y0) - 1, x1: Math.trunc(box.x1), y1: Math.trunc(box.y1) };
}

/** Without the candidates outside their picture. */
export function inside(pictures: readonly Integral[], candidates: Candidate[][]): Candidate[][] {
  return candidates.map((list, i) => list.filter((box) => isInside(pictures[i]!, box)));
}

/** The number of windows of all pictures' candidates, and the function that fills one. */
export function windowsOf(pictures: readonly Integral[], candidates: Candidate[][], size: number) {
  const flat = candidates.flatMap((list, i) => list.map((box) => ({ box, picture: pictures[i]! })));
  const fill = (index: number, out: Float32Array, at: number): void => {
    windowInput(flat[index]!.picture, flat[index]!.box, size, out, at);
  };
  return [flat.length, fill] as const;
}
