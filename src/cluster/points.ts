import { squaredDistance, stackRows } from '../core/vectors';

/** Embeddings packed for grouping: face i is `vectors[i * size … (i + 1) * size)`. */
export interface Points {
  readonly count: number;
  readonly size: number;
  readonly vectors: Float32Array;
}

/** Faces with the factor of each one's distances (`scaleOf` of core/cohort.ts), above 0. */
export interface Faces extends Points {
  readonly scales: Float64Array;
}

/** Packs vectors of one length; an empty list gives no points of size 0. */
export function packPoints(list: readonly ArrayLike<number>[]): Points {
  return { count: list.length, size: list[0]?.length ?? 0, vectors: stackRows(list) };
}

/** Σ x² of each row. */
export function squaredNorms({ count, size, vectors }: Points): Float64Array {
  const norms = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let k = i * size; k < (i + 1) * size; k++) sum += vectors[k]! * vectors[k]!;
    norms[i] = sum;
  }
  return norms;
}

/** Square of the normalised distance of faces i and j. */
export function normalisedSquared({ size, vectors, scales }: Faces, i: number, j: number): number {
  const scale = scales[i]! * scales[j]!;
  return scale * scale * squaredDistance(vectors.subarray(i * size, (i + 1) * size), vectors, j * size);
}
