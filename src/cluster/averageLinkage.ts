import { eachForbidden, startGroups, type Constraints } from './constraints';
import { tidyLabels } from './labels';
import { condensedIndex, eachDot } from './pairs';
import { squaredNorms, type Points } from './points';

export interface AverageLinkageOptions extends Constraints {
  /** Groups are joined while the root of the mean squared distance between their faces is at most this. */
  readonly threshold: number;
}

/**
 * Average linkage (UPGMA; Sokal and Michener, 1958) on squared Euclidean distances, with constraints: groups that may not
 * be one have an infinite distance, which every union inherits. The nearest-neighbour chain (Murtagh, 1983) builds the
 * tree of repeated nearest-pair joins in O(n²): both kinds of distance are reducible, d(A ∪ B, C) ≥ min(d(A, C), d(B, C));
 * for the same reason a group whose nearest is beyond the threshold is final.
 * Memory: 2 n² bytes. Every face gets a label, numbered in order of appearance.
 */
export function averageLinkage(points: Points, { threshold, ...constraints }: AverageLinkageOptions): Int32Array {
  const groups = startGroups(points.count, constraints);
  const { means, spreads, sizes } = summaries(points, groups);
  const n = sizes.length;
  const distances = new Float32Array((n * (n - 1)) / 2);
  eachDot(means, (i, j, dot) => {
    distances[condensedIndex(n, i, j)] = Math.max(0, spreads[i]! + spreads[j]! - 2 * dot);
  });
  eachForbidden(groups, constraints, (a, b) => {
    distances[condensedIndex(n, a, b)] = Infinity;
  });
  const joined = joinNearest(distances, sizes, threshold * threshold);
  return tidyLabels(groups.map((group) => joined[group]!));
}

/**
 * Size, mean vector and mean squared norm of each group: the mean squared distance between the members of two is
 * spread + spread − 2 · mean · mean.
 */
function summaries(points: Points, groups: Int32Array) {
  const { size, vectors } = points;
  const sizes = new Float64Array(new Set(groups).size);
  for (const group of groups) sizes[group]!++;
  const sums = new Float64Array(sizes.length * size);
  const spreads = new Float64Array(sizes.length);
  const norms = squaredNorms(points);
  for (const [i, group] of groups.entries()) {
    spreads[group]! += norms[i]! / sizes[group]!;
    for (let k = 0; k < size; k++) sums[group * size + k]! += vectors[i * size + k]!;
  }
  const means = Float32Array.from(sums, (sum, at) => sum / sizes[Math.floor(at / size)]!);
  return { means: { count: sizes.length, size, vectors: means } satisfies Points, spreads, sizes };
}

/**
 * Average linkage by any distances: `distances` is a condensed matrix (`condensedIndex`) and is overwritten. Groups are
 * joined while the mean of the distances between their members is at most `limit`. Every point gets a label, numbered in
 * order of appearance.
 */
export function linkDistances(distances: Float32Array, count: number, limit: number): Int32Array {
  return tidyLabels(joinNearest(distances, new Float64Array(count).fill(1), limit));
}

/** Joins while the nearest pair is within `limit`; `distances` is used up. By point, the group it ends in. */
function joinNearest(distances: Float32Array, sizes: Float64Array, limit: number): Int32Array {
  const n = sizes.length;
  const parent = Int32Array.from({ length: n }, (_, i) => i);
  // The open groups, as a linked list: a row is scanned over them only.
  const next = Int32Array.from({ length: n + 1 }, (_, i) => i + 1);
  const previous = Int32Array.from({ length: n + 1 }, (_, i) => i - 1);
  let first = 0;
  const close = (i: number): void => {
    if (i === first) first = next[i]!;
    else next[previous[i]!] = next[i]!;
    previous[next[i]!] = previous[i]!;
  };
  const distanceAt = (i: number, j: number): number =>
    i < j ? distances[condensedIndex(n, i, j)]! : distances[condensedIndex(n, j, i)]!;
  const join = (kept: number, gone: number): void => {
    const [a, b] = [sizes[kept]!, sizes[gone]!];
    close(gone);
    parent[gone] = kept;
    for (let other = first; other < n; other = next[other]!) {
      if (other === kept) continue;
      const at = other < kept ? condensedIndex(n, other, kept) : condensedIndex(n, kept, other);
      distances[at] = (a * distances[at]! + b * distanceAt(other, gone)) / (a + b);
    }
    sizes[kept] = a + b;
  };

  const chain: number[] = [];
  while (first < n) {
    if (chain.length === 0) chain.push(first);
    const top = chain[chain.length - 1]!;
    const before = chain[chain.length - 2] ?? -1;
    // The one before wins a tie, so that the chain ends.
    let nearest = before;
    let least = before < 0 ? Infinity : distanceAt(top, before);
    for (let other = first; other < n; other = next[other]!) {
      if (other === top) continue;
      const distance = distanceAt(top, other);
      if (distance < least) [nearest, least] = [other, distance];
    }
    if (nearest < 0 || least > limit) {
      chain.pop();
      close(top);
    } else if (nearest === before) {
      chain.length -= 2;
      join(Math.min(top, before), Math.max(top, before));
    } else chain.push(nearest);
  }
  for (let i = n - 1; i >= 0; i--) {
    let root = i;
    while (parent[root] !== root) root = parent[root]!;
    parent[i] = root;
  }
  return parent;
}
