import type { CaptureHint, FaceQuality } from '../../core/types';
import type { FacePose } from '../pose';

/** Below these a face makes a poor example of its person. */
const SMALL = 60;
const BLURRED = 30;
const DARK = 50;
const BRIGHT = 215;
const TURNED = 0.28;
const TILTED_UP = 0.2;
const LEANING = 25;

/**
 * What the person should do for a better picture of their face, the most important first; null when it is good. Left and
 * right are the person's own.
 */
export function captureHint(
  { size, sharpness, brightness }: FaceQuality,
  { yaw, pitch, roll }: FacePose,
): CaptureHint | null {
  if (size < SMALL) return 'closer';
  if (brightness < DARK) return 'more-light';
  if (brightness > BRIGHT) return 'less-light';
  // A nose towards the picture's right is a face turned to its own left.
  if (yaw > TURNED) return 'turn-right';
  if (yaw < -TURNED) return 'turn-left';
  if (pitch > TILTED_UP) return 'chin-down';
  if (pitch < -TILTED_UP) return 'chin-up';
  if (Math.abs(roll) > LEANING) return 'head-upright';
  return sharpness < BLURRED ? 'hold-still' : null;
}

/** How good a view of a face is, 0–1: large, sharp and frontal. */
export function viewScore({ size, sharpness }: FaceQuality, { yaw, pitch }: FacePose): number {
  const frontal = Math.max(0.1, 1 - 1.5 * Math.abs(yaw) - Math.abs(pitch));
  return Math.min(1, size / 120) * Math.min(1, Math.sqrt(sharpness / 200)) * frontal;
}
