import { mulberry32 } from '../../core/random';
import { dot, stackRows } from '../../core/vectors';
import type { EmbeddingTable } from '../rowPairs';

/** Fewest people whom a centre stands for. */
export const LEAST_PEOPLE = 8;
/** Steps towards the direction in which a part's faces differ most, and towards its two halves. */
const DIRECTION_STEPS = 8;
const HALVES_STEPS = 4;
/** Least share of a part in each half: no centre of a few faces beside one of very many. */
const LEAST_SHARE = 0.3;

/**
 * Centres of clusters of 8 to 15 faces each, by bisecting k-means (Steinbach, Karypis and Kumar, 2000) with balanced halves:
 * sparse kinds of faces get as many centres per face as dense ones. With one picture a person, no centre is anybody's face.
 * Gives rows of length 1, the same for the same seed.
 */
export function clusterCentres({ rows, columns, data }: EmbeddingTable, seed: number): Float32Array {
  const random = mulberry32(seed);
  const centres: Float64Array[] = [];
  const parts = [Array.from({ length: rows }, (_, i) => i)];
  for (let part = parts.pop(); part; part = parts.pop()) {
    if (part.length < 2 * LEAST_PEOPLE) centres.push(unit(meanOf(data, columns, part)));
    else parts.push(...halves(data, columns, part, random));
  }
  return stackRows(centres);
}

function halves(data: Float32Array, columns: number, part: readonly number[], random: () => number): number[][] {
  const mean = meanOf(data, columns, part);
  let direction = Float64Array.from({ length: columns }, () => random() - 0.5);
  for (let step = 0; step < DIRECTION_STEPS; step++) {
    const next = new Float64Array(columns);
    for (const row of part) {
      let along = 0;
      for (let k = 0; k < columns; k++) along += (data[row * columns + k]! - mean[k]!) * direction[k]!;
      for (let k = 0; k < columns; k++) next[k]! += along * (data[row * columns + k]! - mean[k]!);
    }
    direction = unit(next);
  }
  let [low, high] = cut(data, columns, part, direction, Math.floor(part.length / 2));
  const least = Math.max(LEAST_PEOPLE, Math.floor(LEAST_SHARE * part.length));
  for (let step = 0; step < HALVES_STEPS; step++) {
    const [a, b] = [meanOf(data, columns, low), meanOf(data, columns, high)];
    const between = a.map((value, k) => b[k]! - value);
    // Nearer to b: (b − a) · x > (|b|² − |a|²) / 2
    const limit = (dot(b, b) - dot(a, a)) / 2;
    const nearHigh = part.filter((row) => project(data, columns, row, between) > limit).length;
    const size = Math.min(Math.max(nearHigh, least), part.length - least);
    [low, high] = cut(data, columns, part, between, part.length - size);
  }
  return [low, high];
}

/** The `lower` rows that lie lowest along the direction, and the others. */
function cut(
  data: Float32Array,
  columns: number,
  part: readonly number[],
  direction: Float64Array,
  lower: number,
): [number[], number[]] {
  const along = new Map(part.map((row) => [row, project(data, columns, row, direction)]));
  const sorted = part.toSorted((a, b) => along.get(a)! - along.get(b)! || a - b);
  return [sorted.slice(0, lower), sorted.slice(lower)];
}

function project(data: Float32Array, columns: number, row: number, direction: Float64Array): number {
  return dot(data.subarray(row * columns, (row + 1) * columns), direction);
}

function meanOf(data: Float32Array, columns: number, part: readonly number[]): Float64Array {
  const mean = new Float64Array(columns);
  for (const row of part) for (let k = 0; k < columns; k++) mean[k]! += data[row * columns + k]! / part.length;
  return mean;
}

function unit(vector: Float64Array): Float64Array<ArrayBuffer> {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return Float64Array.from(vector, (value) => value / length);
}
