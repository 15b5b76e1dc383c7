import type { Detection, FaceCrop, FacePoints, Frame } from '../../core/types';
import { fitSimilarity, turnedCrop } from './similarity';

/** Side of the template's square. */
const SIDE = 112;
/** ArcFace's places of the five points: middles of pixels, counted from 0. */
const TEMPLATE: FacePoints = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

/**
 * The face as ArcFace-like networks expect it: rotated, scaled and shifted so that its five points are nearest to the
 * template's. Black beyond the picture.
 */
export function arcfaceCrop(frame: Frame, { points }: Pick<Detection, 'points'>, size: number): FaceCrop {
  // A pixel's middle lies half a pixel from its edge, where our coordinates begin.
  const places = TEMPLATE.map(({ x, y }) => ({ x: x + 0.5, y: y + 0.5 }));
  return turnedCrop(frame, fitSimilarity(places, points), { width: SIDE, height: SIDE }, size);
}
