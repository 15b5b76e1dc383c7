import { tidyLabels, UNGROUPED } from './labels';
import { withinDistance } from './neighbours';
import type { Points } from './points';

export interface DbscanOptions {
  /** Plain Euclidean distance of neighbours. facenet's `cluster` takes 1.0. */
  readonly eps: number;
  /** Neighbours, itself counted, that make a face a core of a group. facenet's `cluster` takes 1. */
  readonly minSamples: number;
}

/**
 * DBSCAN (Ester et al., 1996), as facenet's contributed `cluster` uses it: groups are cores that reach each other and the
 * faces near a core (the first group that reaches one keeps it); −1 for the others. Rows in order, so that it repeats.
 */
export function dbscan(points: Points, { eps, minSamples }: DbscanOptions): Int32Array {
  const { start, near } = withinDistance(points, eps);
  const isCore = (i: number): boolean => start[i + 1]! - start[i]! + 1 >= minSamples;
  const labels = new Int32Array(points.count).fill(UNGROUPED);
  const queue: number[] = [];
  for (let seed = 0; seed < points.count; seed++) {
    if (labels[seed] !== UNGROUPED || !isCore(seed)) continue;
    labels[seed] = seed;
    queue.push(seed);
    for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
      for (let at = start[i]!; at < start[i + 1]!; at++) {
        const other = near[at]!;
        if (labels[other] !== UNGROUPED) continue;
        labels[other] = seed;
        if (isCore(other)) queue.push(other);
      }
    }
  }
  return tidyLabels(labels);
}
