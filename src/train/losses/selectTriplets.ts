import type { Triplet } from '../../core/types';
import type { TripletChoice } from '../config/config';

export interface TripletOptions {
  readonly choice: TripletChoice;
  readonly margin: number;
  /** Uniform in [0, 1): chooses among the negatives that a pair allows. */
  readonly random: () => number;
}

/**
 * The triplets to train on. `embeddings` holds a row for each label. Pairs are
 * those with the anchor first, in row order; a pair without an allowed negative gives no triplet.
 */
export function selectTriplets(
  embeddings: Float32Array,
  labels: ArrayLike<number>,
  options: TripletOptions,
): Triplet[] {
  const distances = squaredDistances(embeddings, labels.length);
  return options.choice === 'hard'
    ? hardTriplets(distances, labels)
    : pairTriplets(distances, labels, options, options.choice === 'semi-hard');
}

/** Squared Euclidean distances of all n rows to each other: [n, n] in row order. */
export function squaredDistances(embeddings: Float32Array, n: number): Float64Array {
  const size = embeddings.length / n;
  const distances = new Float64Array(n * n);
  for (let a = 0; a < n; a++)
    for (let b = a + 1; b < n; b++) {
      let sum = 0;
      for (let i = a * size, j = b * size; i < (a + 1) * size; i++, j++) {
        const d = embeddings[i]! - embeddings[j]!;
        sum += d * d;
      }
      distances[a * n + b] = distances[b * n + a] = sum;
    }
  return distances;
}

function hardTriplets(distances: Float64Array, labels: ArrayLike<number>): Triplet[] {
  const n = labels.length;
  const triplets: Triplet[] = [];
  for (let anchor = 0; anchor < n; anchor++) {
    let positive = -1;
    let negative = -1;
    const of = (row: number) => distances[anchor * n + row]!;
    for (let row = 0; row < n; row++) {
      if (row === anchor) continue;
      if (labels[row] === labels[anchor]) {
        if (positive < 0 || of(row) > of(positive)) positive = row;
      } else if (negative < 0 || of(row) < of(negative)) negative = row;
    }
    if (positive >= 0 && negative >= 0) triplets.push({ anchor, positive, negative });
  }
  return triplets;
}

function pairTriplets(
  distances: Float64Array,
  labels: ArrayLike<number>,
  { margin, random }: TripletOptions,
  semiHard: boolean,
): Triplet[] {
  const n = labels.length;
  const triplets: Triplet[] = [];
  const allowed: number[] = [];
  for (let anchor = 0; anchor < n; anchor++)
    for (let positive = anchor + 1; positive < n; positive++) {
      if (labels[positive] !== labels[anchor]) continue;
      const near = distances[anchor * n + positive]!;
      allowed.length = 0;
      for (let row = 0; row < n; row++) {
        if (labels[row] === labels[anchor]) continue;
        const far = distances[anchor * n + row]!;
        if (far < near + margin && (!semiHard || far > near)) allowed.push(row);
      }
      if (allowed.length > 0)
        triplets.push({ anchor, positive, negative: allowed[Math.floor(random() * allowed.length)]! });
    }
  return triplets;
}
