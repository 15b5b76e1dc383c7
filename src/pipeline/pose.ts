import type { FacePoints, Space } from '../core/types';

/** How a face is turned, roughly, from its five points; all 0 (pitch about 0) where it looks at the camera. */
export interface FacePose {
  /** Nose from the middle of the eyes towards the picture's right, by the distance of the eyes: ±.5 is half profile. */
  readonly yaw: number;
  /** Nose's height between mouth and eyes against the usual middle, by the distance eyes–mouth: positive looks up. */
  readonly pitch: number;
  /** Of the line through the eyes, degrees, clockwise. */
  readonly roll: number;
}

/** Where the nose's tip is on the way from the eyes to the mouth in faces that look straight ahead. */
const USUAL_NOSE = 0.55;

/** In the face's own upright axes, so that a tilted head is not a turned one. */
export function facePose<S extends Space>([left, right, nose, mouthLeft, mouthRight]: FacePoints<S>): FacePose {
  const angle = Math.atan2(right.y - left.y, right.x - left.x);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const eyes = { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
  const mouth = { x: (mouthLeft.x + mouthRight.x) / 2, y: (mouthLeft.y + mouthRight.y) / 2 };
  const across = (p: { x: number; y: number }): number => (p.x - eyes.x) * cos + (p.y - eyes.y) * sin;
  const down = (p: { x: number; y: number }): number => (p.y - eyes.y) * cos - (p.x - eyes.x) * sin;
  const apart = Math.max(Math.hypot(right.x - left.x, right.y - left.y), 1e-6);
  const height = Math.max(down(mouth), 1e-6);
  return {
    // Against the line from the eyes to the mouth, which leans where the points are not quite right.
    yaw: (across(nose) - (across(mouth) * down(nose)) / height / 2) / apart,
    pitch: USUAL_NOSE - down(nose) / height,
    roll: (angle * 180) / Math.PI,
  };
}
