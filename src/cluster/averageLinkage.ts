import { eachForbidden, startGroups, type Constraints } from './constraints';
import { tidyLabels } from './labels';
import { condensedIndex, eachDot, type PairOptions } from './pairs';
import { squaredNorms, type Points } from './points';

export interface AverageLinkageOptions extends PairOptions, Constraints {
  /** Groups are joined while the root of the mean squared distance between their faces is at most this. */
  readonly threshold: number;
}

/**
 * Average linkage (UPGMA; Sokal and Michener, 1958) on squared Euclidean distances, with constraints: groups that may not
 * be one have an infinite distance, which every union inherits. The nearest-neighbour chain (Murtagh, 1983) finds the same
 * tree as joining the nearest pair again and again, in O(n²): both kinds of distance are reducible, d(A ∪ B, C) ≥
 * min(d(A, C), d(B, C)); for the same reason a group whose nearest is beyond the threshold is final.
 * Memory: 2 n² bytes. Every face gets a label, numbered in order of appearance.
 */
export function averageLinkage(points: Points, options: AverageLinkageOptions): Int32Array {
  return tidyLabels(linkGroups(points, startGroups(points.count, options), 1, options));
}

/**
 * One round of average linkage over groups that are there already: `groups` has a label 0, 1, … a face, and those with at
 * least `least` faces are joined with each other. Gives the labels afterwards, not renumbered.
 */
export function linkGroups(
  points: Points,
  groups: Int32Array,
  least: number,
  { threshold, photos, people, ...pairs }: AverageLinkageOptions,
): Int32Array {
  const { means, spreads, sizes, labels, placeOf } = summaries(points, groups, least);
  const n = labels.length;
  const distances = new Float32Array((n * (n - 1)) / 2);
  eachDot(
    means,
    (i, j, dot) => {
      distances[condensedIndex(n, i, j)] = Math.max(0, spreads[i]! + spreads[j]! - 2 * dot);
    },
    pairs,
  );
  eachForbidden(groups, { photos, people }, (a, b) => {
    const [i, j] = [placeOf[a]!, placeOf[b]!];
    if (i >= 0 && j >= 0) distances[condensedIndex(n, Math.min(i, j), Math.max(i, j))] = Infinity;
  });
  const joined = joinNearest(distances, sizes, threshold * threshold);
  return groups.map((group) => (placeOf[group]! < 0 ? group : labels[joined[placeOf[group]!]!]!));
}

/**
 * Of each group with at least `least` faces its size, mean vector and mean squared norm: the mean squared distance between
 * the members of two is spread + spread − 2 · mean · mean. `labels[place]` is its label, `placeOf` the other way (−1: left out).
 */
function summaries(points: Points, groups: Int32Array, least: number) {
  const { size, vectors } = points;
  const most = groups.reduce((top, group) => Math.max(top, group + 1), 0);
  const counts = new Int32Array(most);
  for (const group of groups) counts[group]!++;
  const labels = [...counts.keys()].filter((label) => counts[label]! > 0 && counts[label]! >= least);
  const placeOf = new Int32Array(most).fill(-1);
  for (const [place, label] of labels.entries()) placeOf[label] = place;
  const sizes = Float64Array.from(labels, (label) => counts[label]!);
  const sums = new Float64Array(labels.length * size);
  const spreads = new Float64Array(labels.length);
  const norms = squaredNorms(points);
  for (const [i, group] of groups.entries()) {
    const place = placeOf[group]!;
    if (place < 0) continue;
    spreads[place]! += norms[i]! / sizes[place]!;
    for (let k = 0; k < size; k++) sums[place * size + k]! += vectors[i * size + k]!;
  }
  const means = new Float32Array(sums.length);
  for (const [place, count] of sizes.entries())
    for (let at = place * size; at < (place + 1) * size; at++) means[at] = sums[at]! / count;
  return { means: { count: labels.length, size, vectors: means } satisfies Points, spreads, sizes, labels, placeOf };
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
  // The groups still open, as a linked list: a row is scanned over them only.
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
