import { dot } from '../core/vectors';
import type { Samples } from './samples';

/** Samples by their coordinates in a basis of what they span. */
export interface Subspace {
  /** Row i is `vectors[i * rank …]`. */
  readonly samples: Samples;
  readonly rank: number;
  /** Orthonormal, a row of `size` numbers a direction. */
  readonly basis: Float64Array;
}

/**
 * The samples in a basis of the directions that they span, except rests up to `rest` long (Gram–Schmidt, the sample with
 * the longest rest first). A linear model that penalises its weights' length trains to the same result there, since its
 * weights lie in the samples' span: FaceNet's 512 numbers lie in some 60 directions.
 */
export function spannedBy(samples: Samples, rest: number): Subspace {
  const { count, size, vectors } = samples;
  const row = (i: number): Float32Array => vectors.subarray(i * size, (i + 1) * size);
  const rests = Float64Array.from({ length: count }, (_, i) => dot(row(i), row(i)));
  const directions: Float64Array[] = [];
  const columns: Float64Array[] = [];
  while (directions.length < size) {
    let farthest = 0;
    for (let i = 1; i < count; i++) if (rests[i]! > rests[farthest]!) farthest = i;
    if (count === 0 || rests[farthest]! <= rest * rest) break;
    const direction = Float64Array.from(row(farthest));
    // Twice: the second pass removes the first one's rounding.
    for (let time = 0; time < 2; time++)
      for (const other of directions) {
        const along = dot(direction, other);
        for (let d = 0; d < size; d++) direction[d]! -= along * other[d]!;
      }
    const length = Math.sqrt(dot(direction, direction));
    for (let d = 0; d < size; d++) direction[d]! /= length;
    const column = Float64Array.from({ length: count }, (_, i) => dot(row(i), direction));
    for (let i = 0; i < count; i++) rests[i]! -= column[i]! ** 2;
    directions.push(direction);
    columns.push(column);
  }
  const rank = directions.length;
  const coordinates = new Float32Array(count * rank);
  const basis = new Float64Array(rank * size);
  for (let k = 0; k < rank; k++) {
    basis.set(directions[k]!, k * size);
    for (let i = 0; i < count; i++) coordinates[i * rank + k] = columns[k]![i]!;
  }
  return { samples: { ...samples, size: rank, vectors: coordinates }, rank, basis };
}
