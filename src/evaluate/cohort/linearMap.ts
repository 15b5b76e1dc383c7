import type { EmbeddingTable } from '../rowPairs';

/** A linear map of embeddings: row x becomes x + x · `change`, normalised to length 1. `change` is [columns, columns]. */
export interface LinearMap {
  readonly columns: number;
  readonly change: Float64Array;
}

/**
 * The map that brings each row of `before` closest to the same row of `after`, by ridge regression towards the identity:
 * least Σ|y − x − x·C|² + `ridge` · rows · |C|². Directions in which no row differs are not changed. `ridge` > 0.
 */
export function fitMap(before: EmbeddingTable, after: EmbeddingTable, ridge: number): LinearMap {
  const { rows, columns } = before;
  const gram = new Float64Array(columns * columns);
  const change = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const x = Float64Array.from(before.data.subarray(start, start + columns));
    const moved = x.map((value, k) => after.data[start + k]! - value);
    for (let i = 0; i < columns; i++) {
      addScaled(gram, i * columns, x, 0, x[i]!, columns);
      addScaled(change, i * columns, moved, 0, x[i]!, columns);
    }
  }
  for (let i = 0; i < columns; i++) gram[i * columns + i]! += ridge * rows;
  solve(gram, change, columns);
  return { columns, change };
}

/** The mapped rows, of length 1; [rows, columns]. */
export function mapRows({ columns, change }: LinearMap, rows: Float32Array): Float32Array<ArrayBuffer> {
  const mapped = new Float32Array(rows.length);
  for (let start = 0; start < rows.length; start += columns) {
    const y = Float64Array.from(rows.subarray(start, start + columns));
    for (let i = 0; i < columns; i++) addScaled(y, 0, change, i * columns, rows[start + i]!, columns);
    const length = Math.sqrt(y.reduce((sum, value) => sum + value * value, 0)) || 1;
    for (let k = 0; k < columns; k++) mapped[start + k] = y[k]! / length;
  }
  return mapped;
}

/** Solves A · X = B in place of B, A symmetric and positive definite; Cholesky's factors take the place of A. */
function solve(a: Float64Array, b: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!;
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) addScaled(b, i * n, b, k * n, -a[i * n + k]!, n);
    divide(b, i * n, a[i * n + i]!, n);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) addScaled(b, i * n, b, k * n, -a[k * n + i]!, n);
    divide(b, i * n, a[i * n + i]!, n);
  }
}

function addScaled(to: Float64Array, at: number, from: Float64Array, start: number, by: number, n: number): void {
  for (let k = 0; k < n; k++) to[at + k]! += by * from[start + k]!;
}

function divide(values: Float64Array, at: number, by: number, n: number): void {
  for (let k = at; k < at + n; k++) values[k]! /= by;
}
