import type { CaptureHint, FaceQuality } from '../core/types';
import type { FacePose } from './pose';

/**
 * Beyond these limits a face is a poor example of its person. Chosen on `data/people`, 8-bit FaceNet, by the share of missed
 * pairs with its own person: see docs/decisions/live.md. Light from 42 to 205 made no difference there.
 */
const LIMITS = {
  size: 60,
  sharpness: 150,
  dark: 50,
  bright: 215,
  yaw: 0.28,
  up: 0.15,
  down: -0.28,
  /** Degrees. */
  roll: 25,
} as const;

/**
 * What the person should do for a better picture of their face, the most important first; null when it is good. Left and
 * right are the person's own.
 */
export function captureHint(
  { size, sharpness, brightness }: FaceQuality,
  { yaw, pitch, roll }: FacePose,
): CaptureHint | null {
  if (size < LIMITS.size) return 'closer';
  if (brightness < LIMITS.dark) return 'more-light';
  if (brightness > LIMITS.bright) return 'less-light';
  // A nose towards the picture's right is a face turned to its own left.
  if (yaw > LIMITS.yaw) return 'turn-right';
  if (yaw < -LIMITS.yaw) return 'turn-left';
  if (pitch > LIMITS.up) return 'chin-down';
  if (pitch < LIMITS.down) return 'chin-up';
  if (Math.abs(roll) > LIMITS.roll) return 'head-upright';
  return sharpness < LIMITS.sharpness ? 'hold-still' : null;
}

/** How good a view of a face is, 0–1: large, sharp and frontal. */
export function viewScore({ size, sharpness }: FaceQuality, { yaw, pitch }: FacePose): number {
  const frontal = Math.max(0.1, 1 - 1.5 * Math.abs(yaw) - Math.abs(pitch));
  return Math.min(1, size / 120) * Math.min(1, Math.sqrt(sharpness / 600)) * frontal;
}
