import { mulberry32, shuffledIndices } from '../core/random';
import { tidyLabels } from './labels';
import { aboveCosine } from './neighbours';
import type { Points } from './points';

export interface ChineseWhispersOptions {
  /** Cosine above which two faces are linked. facenet's `clustering` takes .55. */
  readonly similarity: number;
  /** Rounds over all faces. facenet's takes 20; a round that changes nothing ends it sooner. */
  readonly rounds: number;
  readonly seed: number;
}

/**
 * Chinese whispers (Biemann, 2006), as facenet's contributed `clustering` uses it: every face starts as a group of its own;
 * in each round, in random order, a face takes the group to which its links weigh most (the lower label when equal).
 */
export function chineseWhispers(points: Points, { similarity, rounds, seed }: ChineseWhispersOptions): Int32Array {
  const { start, near, weight } = aboveCosine(points, similarity);
  const labels = Int32Array.from({ length: points.count }, (_, i) => i);
  const random = mulberry32(seed);
  const sums = new Float64Array(points.count);
  for (let round = 0; round < rounds; round++) {
    let changed = false;
    for (const i of shuffledIndices(points.count, random)) {
      const strongest = strongestLabel(i, start, near, weight, labels, sums);
      if (strongest === labels[i]) continue;
      labels[i] = strongest;
      changed = true;
    }
    if (!changed) break;
  }
  return tidyLabels(labels);
}

/** `sums` is all zeros before and after. */
function strongestLabel(
  i: number,
  start: Int32Array,
  near: Int32Array,
  weight: Float32Array,
  labels: Int32Array,
  sums: Float64Array,
): number {
  let best = labels[i]!;
  let most = 0;
  for (let at = start[i]!; at < start[i + 1]!; at++) sums[labels[near[at]!]!]! += weight[at]!;
  for (let at = start[i]!; at < start[i + 1]!; at++) {
    const label = labels[near[at]!]!;
    const sum = sums[label]!;
    if (sum > most || (sum === most && label < best)) [best, most] = [label, sum];
  }
  for (let at = start[i]!; at < start[i + 1]!; at++) sums[labels[near[at]!]!] = 0;
  return best;
}
