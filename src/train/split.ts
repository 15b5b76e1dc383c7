import { shuffledIndices } from '../core/random';
import { groupByClass } from './sampler';

export interface Split {
  /** Numbers of samples, rising. */
  readonly train: number[];
  readonly heldOut: number[];
}

/** Holds out whole persons: round(persons · share) of them, chosen at random. `labels` is a class number a sample. */
export function splitByIdentity(labels: Int32Array, share: number, random: () => number): Split {
  const classes = groupByClass(labels);
  const order = [...shuffledIndices(classes.length, random)].map((i) => classes[i]!);
  const kept = Math.round(order.length * (1 - share));
  return { train: joined(order.slice(0, kept)), heldOut: joined(order.slice(kept)) };
}

/**
 * Holds out some pictures of each person, as the original: ⌊n · (1 − share)⌋ stay for training, at least one is held
 * out. People who would keep fewer than `least` (at least 1) are in neither.
 */
export function splitByImage(labels: Int32Array, share: number, random: () => number, least = 1): Split {
  const train: number[][] = [];
  const heldOut: number[][] = [];
  for (const samples of groupByClass(labels)) {
    const order = [...shuffledIndices(samples.length, random)].map((i) => samples[i]!);
    const kept = Math.min(Math.floor(samples.length * (1 - share)), samples.length - 1);
    if (kept < Math.max(1, least)) continue;
    train.push(order.slice(0, kept));
    heldOut.push(order.slice(kept));
  }
  return { train: joined(train), heldOut: joined(heldOut) };
}

/**
 * How far each sample lies from its person's centre: the plain Euclidean distance to the mean of the person's embeddings,
 * as the original's `calculate_filtering_metrics`. A row of `embeddings` for each label.
 */
export function centreDistances(embeddings: Float32Array, labels: Int32Array): Float64Array {
  const size = embeddings.length / labels.length;
  const distances = new Float64Array(labels.length);
  for (const samples of groupByClass(labels)) {
    const centre = new Float64Array(size);
    for (const sample of samples)
      for (let i = 0; i < size; i++) centre[i]! += embeddings[sample * size + i]! / samples.length;
    for (const sample of samples) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += (embeddings[sample * size + i]! - centre[i]!) ** 2;
      distances[sample] = Math.sqrt(sum);
    }
  }
  return distances;
}

/** The distance from which on samples go: the `percentile` (0–100) of all distances; infinite at 100. */
export function centreThreshold(distances: Float64Array, percentile: number): number {
  if (percentile >= 100 || distances.length === 0) return Infinity;
  return distances.toSorted()[Math.floor((distances.length * percentile) / 100)]!;
}

/** The samples whose distance is below the threshold, of persons who have `least` of them at least. */
export function filterByCentre(
  distances: Float64Array,
  labels: Int32Array,
  { threshold, least }: { readonly threshold: number; readonly least: number },
): number[] {
  const near = groupByClass(labels).map((samples) => samples.filter((sample) => distances[sample]! < threshold));
  return joined(near.filter((samples) => samples.length >= least));
}

function joined(groups: readonly (readonly number[])[]): number[] {
  return groups.flat().sort((a, b) => a - b);
}
