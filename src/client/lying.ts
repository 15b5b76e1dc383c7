import type { Detection } from '../core/types';

/**
 * Of 18 portraits each upright face is at least .998 sure; lying on their side or upside down, 33 of the 34 faces that are
 * found at all are less than .99. Of 85 upright pictures (`data/people`, the samples) 2 have no face that is as sure.
 */
const SURE = 0.99;
/** Degrees from upright. A head leans that far on purpose; beyond it the embedding suffers. */
const STRONG = 35;

/** How far the line through the eyes is from level, in the picture: 0–180 degrees. */
export function leanOf({ points: [left, right] }: Detection): number {
  return Math.abs((Math.atan2(right.y - left.y, right.x - left.x) * 180) / Math.PI);
}

/** Whether a face lies in the picture: its person is known only where the picture was turned before it was embedded. */
export function isLying(detection: Detection): boolean {
  return leanOf(detection) > STRONG;
}

/** Whether a turned search is worth its time: nothing was found, nothing surely, or a face leans strongly. */
export function mayLie(faces: readonly { readonly detection: Detection }[]): boolean {
  return faces.every(({ detection }) => detection.score < SURE) || faces.some(({ detection }) => isLying(detection));
}

/** Whether a face found with the picture turned is sure enough to take the place of what was found upright. */
export function isSure({ score }: Detection): boolean {
  return score >= SURE;
}
