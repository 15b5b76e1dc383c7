import { cosine } from '../core/vectors';
import type { EmbeddingTable, RowPairs } from './rowPairs';

/**
 * How far apart two embeddings are for the LFW protocol: the squared Euclidean distance, or the angle between them as a
 * share of π (the original's distance metrics 0 and 1).
 */
export const DISTANCES = ['euclidean', 'cosine'] as const;
export type DistanceName = (typeof DISTANCES)[number];

/** The distance of every pair after `mean`, if any, is taken from both embeddings. */
export function pairDistances(
  { columns, data }: EmbeddingTable,
  { a, b }: Pick<RowPairs, 'a' | 'b'>,
  distance: DistanceName,
  mean: Float64Array | null,
): Float64Array {
  const x = new Float64Array(columns);
  const y = new Float64Array(columns);
  const out = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) {
    centred(data, a[i]! * columns, mean, x);
    centred(data, b[i]! * columns, mean, y);
    out[i] = distance === 'euclidean' ? squaredEuclidean(x, y) : angle(x, y);
  }
  return out;
}

function centred(data: Float32Array, at: number, mean: Float64Array | null, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = data[at + i]! - (mean ? mean[i]! : 0);
}

function squaredEuclidean(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - y[i]!) ** 2;
  return sum;
}

/** arccos(cosine) / π: 0 the same direction, 1 the opposite one. */
function angle(x: Float64Array, y: Float64Array): number {
  return Math.acos(Math.min(1, Math.max(-1, cosine(x, y)))) / Math.PI;
}

/** The mean of both embeddings of the pairs that `counts` picks; an embedding in several pairs counts as often. */
export function meanOfPairs(
  { columns, data }: EmbeddingTable,
  { a, b }: Pick<RowPairs, 'a' | 'b'>,
  counts: (pair: number) => boolean,
): Float64Array {
  const mean = new Float64Array(columns);
  let n = 0;
  for (let i = 0; i < a.length; i++) {
    if (!counts(i)) continue;
    n += 2;
    for (let c = 0; c < columns; c++) mean[c]! += data[a[i]! * columns + c]! + data[b[i]! * columns + c]!;
  }
  return mean.map((sum) => sum / n);
}
