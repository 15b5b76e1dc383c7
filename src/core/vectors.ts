/** Plain Euclidean distance of two vectors of the same length. */
export function euclidean(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const d = a[i]! - b[i]!;
    sum += d * d;
  }
  return Math.sqrt(sum);
}

/** Squared Euclidean distance of `vector` to the numbers of `vectors` from `at` on. */
export function squaredDistance(vector: Float32Array, vectors: Float32Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) {
    const d = vector[i]! - vectors[at + i]!;
    sum += d * d;
  }
  return sum;
}

/** Cosine of the angle between two vectors of the same length; 0 when one is all zeros. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return aa === 0 || bb === 0 ? 0 : dot / Math.sqrt(aa * bb);
}

/** `v` scaled to length 1, as a new array; the zero vector stays zero. */
export function l2Normalise(v: Float32Array): Float32Array {
  let sum = 0;
  for (const x of v) sum += x * x;
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  return v.map((x) => x * scale);
}

/** Dot product of two vectors of the same length. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Rows of one length one after the other, in an array with room for `count` of them (default: their number). */
export function stackRows(rows: readonly ArrayLike<number>[], count = rows.length): Float32Array<ArrayBuffer> {
  const size = rows[0]?.length ?? 0;
  const stacked = new Float32Array(count * size);
  for (const [i, row] of rows.entries()) stacked.set(row, i * size);
  return stacked;
}

/** Arrays of any lengths one after the other. */
export function joinArrays(parts: readonly ArrayLike<number>[]): Float32Array<ArrayBuffer> {
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
