import type { Detection, FaceCrop, Frame } from '../../core/types';
import { resampleFrame } from './cutOut';

/** Distance of eyes and mouth as a share of the crop's side; height of the centre within it. */
const EYE_TO_MOUTH = 0.45;
const CENTRE_HEIGHT = 0.43;

/**
 * The crop of dlib's ResNet, upright, from the points: m is the middle of the mouth's corners, the side s the mean distance
 * of the eyes to m / 0.45, the centre that of the eyes and m; the square's corner is (c.x − 0.5 s, c.y − 0.43 s). Black
 * beyond the picture.
 */
export function dlibCrop(frame: Frame, { points }: Pick<Detection, 'points'>, size: number): FaceCrop {
  const [left, right, , mouthLeft, mouthRight] = points;
  const mouth = { x: (mouthLeft.x + mouthRight.x) / 2, y: (mouthLeft.y + mouthRight.y) / 2 };
  const reach = (Math.hypot(left.x - mouth.x, left.y - mouth.y) + Math.hypot(right.x - mouth.x, right.y - mouth.y)) / 2;
  const side = Math.max(1, reach / EYE_TO_MOUTH);
  const x0 = (left.x + right.x + mouth.x) / 3 - side / 2;
  const y0 = (left.y + right.y + mouth.y) / 3 - side * CENTRE_HEIGHT;
  return resampleFrame(frame, { x0, y0, x1: x0 + side, y1: y0 + side }, size, 'black');
}
