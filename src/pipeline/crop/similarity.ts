import type { Detection, FaceCrop, FacePoints, Frame, Point, Size } from '../../core/types';
import { resample } from '../resample';

/** The five points in a facenet crop, as shares of its side: means over LFW's detections, made symmetric. */
const TEMPLATE: FacePoints = [
  { x: 0.332, y: 0.409 },
  { x: 0.668, y: 0.409 },
  { x: 0.5, y: 0.5635 },
  { x: 0.353, y: 0.7045 },
  { x: 0.647, y: 0.7045 },
];
/** Mean width by height of the part of the picture that a facenet crop makes square. */
const ASPECT = 0.8;

/** Picture = rotation and scale (a + b i, as a complex number) · template + shift. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly x: number;
  readonly y: number;
}

/** The similarity transform that brings `from` nearest to `to` in the least-squares sense (Umeyama, without reflection). */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  const mean = (points: readonly Point[], axis: 'x' | 'y'): number =>
    points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [fx, fy, tx, ty] = [mean(from, 'x'), mean(from, 'y'), mean(to, 'x'), mean(to, 'y')];
  let real = 0;
  let imaginary = 0;
  let spread = 0;
  for (const [i, point] of from.entries()) {
    const [px, py, qx, qy] = [point.x - fx, point.y - fy, to[i]!.x - tx, to[i]!.y - ty];
    real += px * qx + py * qy;
    imaginary += px * qy - py * qx;
    spread += px * px + py * py;
  }
  const [a, b] = [real / spread, imaginary / spread];
  return { a, b, x: tx - a * fx + b * fy, y: ty - b * fx - a * fy };
}

/**
 * The face turned upright: rotated, scaled and shifted so that its five points come nearest to where they lie in a facenet
 * crop on average, resized (antialiased, then bilinear) to `size`², with that crop's mean stretch. Black beyond the picture.
 */
export function similarityCrop(frame: Frame, { points }: Pick<Detection, 'points'>, size: number): FaceCrop {
  const fit = fitSimilarity(
    TEMPLATE.map(({ x, y }) => ({ x: x * ASPECT, y })),
    points,
  );
  return turnedCrop(frame, fit, { width: ASPECT, height: 1 }, size);
}

/**
 * The piece of the picture to which `fit` takes the rectangle from (0, 0) to (`width`, `height`), as a square of `size`
 * pixels a side, reduced with antialiasing, then turned by bilinear. Black beyond the picture.
 */
export function turnedCrop(
  frame: Frame,
  fit: Similarity,
  { width: across, height: down }: Size,
  size: number,
): FaceCrop {
  const at = (u: number, v: number): Point => ({
    x: fit.a * u * across - fit.b * v * down + fit.x,
    y: fit.b * u * across + fit.a * v * down + fit.y,
  });
  const corners = [at(0, 0), at(1, 0), at(0, 1), at(1, 1)];
  const x0 = Math.floor(Math.min(...corners.map(({ x }) => x))) - 2;
  const y0 = Math.floor(Math.min(...corners.map(({ y }) => y))) - 2;
  const width = Math.ceil(Math.max(...corners.map(({ x }) => x))) + 2 - x0;
  const height = Math.ceil(Math.max(...corners.map(({ y }) => y))) + 2 - y0;
  // First reduced to about the crop's own resolution, so that the turn may be plain bilinear.
  const step = Math.max(1, (Math.hypot(fit.a, fit.b) * Math.min(across, down)) / size);
  const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
  const box = { x0, y0, x1: x0 + columns * step, y1: y0 + rows * step };
  const part = frame.region(box);
  const local = { x0: box.x0 - part.x0, y0: box.y0 - part.y0, x1: box.x1 - part.x0, y1: box.y1 - part.y0 };
  const upright = resample(part, local, columns, rows, 'black');

  const data = new Float32Array(size * size * 3);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const { x, y } = at((column + 0.5) / size, (row + 0.5) / size);
      const sourceX = Math.min(Math.max((x - x0) / step - 0.5, 0), columns - 1.001);
      const sourceY = Math.min(Math.max((y - y0) / step - 0.5, 0), rows - 1.001);
      const [left, top] = [Math.floor(sourceX), Math.floor(sourceY)];
      const [fx, fy] = [sourceX - left, sourceY - top];
      for (let c = 0; c < 3; c++) {
        const p = (top * columns + left) * 3 + c;
        const above = upright[p]! * (1 - fx) + upright[p + 3]! * fx;
        const below = upright[p + columns * 3]! * (1 - fx) + upright[p + columns * 3 + 3]! * fx;
        data[(row * size + column) * 3 + c] = above * (1 - fy) + below * fy;
      }
    }
  }
  return { size, data };
}
