import type { Faces } from './points';

export interface GroupStatistics {
  /** Root of the mean normalised squared distance between the faces of two groups; the same whichever is first. */
  readonly distance: (a: number, b: number) => number;
  /** The faces of `b` become those of `a`. */
  readonly join: (a: number, b: number) => void;
}

/**
 * With w the squares of the faces' scales, the mean of w w′ (|x|² + |x′|² − 2 x·x′) over the pairs of two groups follows from
 * each group's sums of w, of w |x|² and of w x: one dot product for any number of pairs.
 */
export function groupStatistics(faces: Faces, members: readonly (readonly number[] | null)[]): GroupStatistics {
  const { size, vectors } = faces;
  const squares = faces.scales.map((scale) => scale * scale);
  const total = members.length;
  const sizes = new Float64Array(total);
  const weights = new Float64Array(total);
  const spreads = new Float64Array(total);
  /** Sums of w x of groups of several faces. */
  const sums: (Float32Array | undefined)[] = [];
  const first = new Int32Array(total);
  for (const [group, own] of members.entries()) {
    if (!own) continue;
    first[group] = own[0]!;
    sizes[group] = own.length;
    if (own.length > 1) sums[group] = new Float32Array(size);
    for (const face of own) {
      let norm = 0;
      for (let k = face * size; k < (face + 1) * size; k++) norm += vectors[k]! * vectors[k]!;
      weights[group]! += squares[face]!;
      spreads[group]! += squares[face]! * norm;
      if (own.length > 1) addFace(sums[group]!, face);
    }
  }

  function addFace(sum: Float32Array, face: number): void {
    const square = squares[face]!;
    for (let k = 0, at = face * size; k < size; k++, at++) sum[k]! += square * vectors[at]!;
  }
  /** A single face's own numbers stand for its sum, without the factor. */
  const sumOf = (group: number): Float32Array =>
    sums[group] ?? vectors.subarray(first[group]! * size, (first[group]! + 1) * size);
  const factorOf = (group: number): number => (sums[group] ? 1 : squares[first[group]!]!);

  return {
    distance(one, other) {
      const [a, b] = [Math.min(one, other), Math.max(one, other)];
      const [x, y] = [sumOf(a), sumOf(b)];
      let [even, odd] = [0, 0];
      let k = 0;
      for (; k + 1 < size; k += 2) {
        even += x[k]! * y[k]!;
        odd += x[k + 1]! * y[k + 1]!;
      }
      if (k < size) even += x[k]! * y[k]!;
      const dot = (even + odd) * factorOf(a) * factorOf(b);
      const sum = weights[b]! * spreads[a]! + weights[a]! * spreads[b]! - 2 * dot;
      return Math.sqrt(Math.max(0, sum / (sizes[a]! * sizes[b]!)));
    },
    join(a, b) {
      const sum = sums[a] ?? new Float32Array(size);
      if (!sums[a]) addFace(sum, first[a]!);
      const other = sums[b];
      if (other) for (let k = 0; k < size; k++) sum[k]! += other[k]!;
      else addFace(sum, first[b]!);
      sums[a] = sum;
      sums[b] = undefined;
      weights[a]! += weights[b]!;
      spreads[a]! += spreads[b]!;
      sizes[a]! += sizes[b]!;
    },
  };
}
