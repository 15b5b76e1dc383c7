import { squaredDistance } from '../core/vectors';
import type { Points } from './points';

/** Faces with what their distances are multiplied by (`scaleOf` of core/cohort.ts), one a face, above 0. */
export interface Faces extends Points {
  readonly scales: Float64Array;
}

/** Square of the normalised distance of faces i and j, from their own numbers. */
export function normalisedSquared({ size, vectors, scales }: Faces, i: number, j: number): number {
  const scale = scales[i]! * scales[j]!;
  return scale * scale * squaredDistance(vectors.subarray(i * size, (i + 1) * size), vectors, j * size);
}
