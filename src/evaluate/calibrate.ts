import { count } from '../core/count';
import { FaceError } from '../core/errors';
import type { EmbeddingTable } from './rowPairs';

/** At `distance` (plain Euclidean) the share `far` of `impostors` pairs of two people would be taken for one. */
export interface FarPoint {
  readonly far: number;
  readonly distance: number;
  readonly impostors: number;
}

/** Counts of Euclidean distances, plain or normalised, in bins of `BIN` from 0 on. */
export interface Histogram {
  readonly counts: Float64Array;
  readonly total: number;
}

/** Embeddings with the factor of each row's distances (see core/cohort.ts); without scales distances are plain. */
export interface ScaledTable extends EmbeddingTable {
  readonly scales?: ArrayLike<number>;
}

/** The distances of all pairs of a picture set. */
export interface PairHistograms {
  /** Pairs of two people. */
  readonly impostor: Histogram;
  /** Pairs of one person. */
  readonly genuine: Histogram;
}

const BIN = 1e-4;
/** Rows compared with each other while they lie in the processor's cache. */
const BLOCK = 32;

/**
 * Every picture against every other, rows `i` and `j` showing one person when `personOf[i] === personOf[j]`. Counted, not
 * kept: 7,701 pictures have 29.6 million pairs. d² = |a|² + |b|² − 2 a·b. `onProgress` receives the share done, 0–1.
 */
export function pairHistograms(
  { rows, columns, data, scales }: ScaledTable,
  personOf: ArrayLike<number>,
  onProgress?: (done: number) => void,
): PairHistograms {
  const squares = Float64Array.from({ length: rows }, (_, i) => dot(data, i * columns, i * columns, columns));
  const factors = Float64Array.from({ length: rows }, (_, i) => scales?.[i] ?? 1);
  // No distance is larger than the sum of both lengths.
  const greatest = (values: Float64Array) => values.reduce((a, b) => Math.max(a, b), 0);
  const bins = Math.ceil((2 * Math.sqrt(greatest(squares)) * greatest(factors) ** 2) / BIN) + 1;
  const impostor = new Float64Array(bins);
  const genuine = new Float64Array(bins);
  for (let top = 0; top < rows; top += BLOCK) {
    for (let left = 0; left <= top; left += BLOCK) {
      for (let i = top; i < Math.min(top + BLOCK, rows); i++) {
        for (let j = left; j < Math.min(left + BLOCK, i); j++) {
          const squared = squares[i]! + squares[j]! - 2 * dot(data, i * columns, j * columns, columns);
          const bin = Math.floor((Math.sqrt(Math.max(0, squared)) * factors[i]! * factors[j]!) / BIN);
          if (personOf[i] === personOf[j]) genuine[bin]!++;
          else impostor[bin]!++;
        }
      }
    }
    onProgress?.((Math.min(top + BLOCK, rows) / rows) ** 2);
  }
  const histogram = (counts: Float64Array): Histogram => ({ counts, total: counts.reduce((a, b) => a + b, 0) });
  return { impostor: histogram(impostor), genuine: histogram(genuine) };
}

/** Four sums, so that additions need not wait for each other. */
function dot(data: Float32Array, a: number, b: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += data[a + i]! * data[b + i]!;
    s1 += data[a + i + 1]! * data[b + i + 1]!;
    s2 += data[a + i + 2]! * data[b + i + 2]!;
    s3 += data[a + i + 3]! * data[b + i + 3]!;
  }
  for (; i < length; i++) s0 += data[a + i]! * data[b + i]!;
  return s0 + s1 + (s2 + s3);
}

/** The share of the pairs that are nearer than `distance`. */
export function shareBelow({ counts, total }: Histogram, distance: number): number {
  const whole = Math.min(Math.floor(distance / BIN), counts.length);
  let below = 0;
  for (let bin = 0; bin < whole; bin++) below += counts[bin]!;
  if (whole < counts.length) below += counts[whole]! * (distance / BIN - whole);
  return below / total;
}

/** The distance below which the share `far` of the pairs lies; found by halving. */
export function distanceAt(histogram: Histogram, far: number): number {
  let [low, high] = [0, 1];
  while (shareBelow(histogram, high) < Math.min(1, far)) high *= 2;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (shareBelow(histogram, middle) < far) low = middle;
    else high = middle;
  }
  return high;
}

/** Fewer false accepts than this say little about the rate. */
export const LEAST_ACCEPTS = 10;

/**
 * The distance at each false-accept rate, rates rising; linear within a bin. Rates with fewer than 10 impostor pairs are left
 * out.
 * @throws FaceError evaluate/too-few when that leaves none
 */
export function calibrate({ counts, total }: Histogram, fars: readonly number[]): FarPoint[] {
  const points = [...fars]
    .sort((a, b) => a - b)
    .filter((far) => far * total >= LEAST_ACCEPTS && far < 1)
    .map((far) => ({ far, distance: quantile(counts, far * total), impostors: total }));
  if (points.length === 0)
    throw new FaceError('evaluate/too-few', {
      reason: `${count(total, 'pair')} of two people cannot show so small a rate.`,
    });
  return points;
}

function quantile(counts: Float64Array, wanted: number): number {
  let below = 0;
  let bin = 0;
  while (below + counts[bin]! < wanted) below += counts[bin++]!;
  return (bin + (wanted - below) / counts[bin]!) * BIN;
}
