import { throwIfAborted } from '../core/abort';
import { eachCandidate } from '../core/search/candidates';
import { encodeRows } from '../core/search/codes';
import type { Constraints } from './constraints';
import type { PairOptions } from './pairs';
import type { Points } from './points';

export interface AbsorbOptions extends Constraints, Pick<PairOptions, 'signal'> {
  /** Groups of fewer faces are taken in by groups of at least so many. */
  readonly least: number;
  /** A face's distance to a group is the mean of those to so many of its nearest faces there; at most `least`. */
  readonly nearest: number;
  /** Plain Euclidean; the mean over the small group's faces is at most this. */
  readonly threshold: number;
}

interface Offer {
  readonly small: number;
  readonly large: number;
  readonly distance: number;
}

/**
 * Takes small groups into large ones to which some faces are near, although the average over all poses is not: the nearest
 * offer first, each small group once, and never against a constraint. Gives the labels afterwards, not renumbered.
 */
export function absorbSmall(points: Points, groups: Int32Array, options: AbsorbOptions): Int32Array {
  const { least, threshold, photos, people } = options;
  const members = new Map<number, number[]>();
  for (const [i, group] of groups.entries()) {
    const known = members.get(group);
    if (known) known.push(i);
    else members.set(group, [i]);
  }
  const isNamed = (faces: readonly number[]): boolean => faces.some((i) => (people?.[i] ?? -1) >= 0);
  const large = [...members].filter(([, faces]) => faces.length >= least);
  const small = [...members].filter(([, faces]) => faces.length < least && !isNamed(faces));

  const offers: Offer[] = [];
  const near = nearGroups(points, small, large, threshold, options.signal);
  for (const [label, faces] of small) {
    throwIfAborted(options.signal);
    for (const target of near.get(label)!) {
      const distance = nearDistance(points, faces, members.get(target)!, options.nearest, threshold);
      if (distance <= threshold) offers.push({ small: label, large: target, distance });
    }
  }
  offers.sort((a, b) => a.distance - b.distance || a.small - b.small || a.large - b.large);

  const photosOf = (faces: readonly number[]): number[] =>
    faces.flatMap((i) => ((photos?.[i] ?? -1) >= 0 ? [photos![i]!] : []));
  const taken = new Map(large.map(([label, faces]) => [label, new Set(photosOf(faces))]));
  const target = new Map<number, number>();
  for (const { small: label, large: into } of offers) {
    if (target.has(label)) continue;
    const own = photosOf(members.get(label)!);
    const there = taken.get(into)!;
    if (own.some((photo) => there.has(photo))) continue;
    for (const photo of own) there.add(photo);
    target.set(label, into);
  }
  return groups.map((group) => target.get(group) ?? group);
}

type Group = readonly [label: number, faces: readonly number[]];

/**
 * Of each small group the large ones that may have a face within `limit` of one of its: a mean of distances is not less
 * than the least of them, so no other can be near enough.
 */
function nearGroups(
  { size, vectors }: Points,
  small: readonly Group[],
  large: readonly Group[],
  limit: number,
  signal: AbortSignal | undefined,
): Map<number, Set<number>> {
  const codes = encodeRows(vectors, size);
  const largeOf = new Map(large.flatMap(([label, faces]) => faces.map((face) => [face, label])));
  const near = new Map<number, Set<number>>();
  for (const [label, faces] of small) {
    throwIfAborted(signal);
    const found = new Set<number>();
    for (const face of faces)
      eachCandidate(codes, vectors.subarray(face * size, (face + 1) * size), limit, (row) => {
        const group = largeOf.get(row);
        if (group !== undefined) found.add(group);
        return limit;
      });
    near.set(label, found);
  }
  return near;
}

/** Mean over `faces` of the mean distance to their `nearest` nearest among `others`; Infinity once it must be beyond `limit`. */
function nearDistance(
  { size, vectors }: Points,
  faces: readonly number[],
  others: readonly number[],
  nearest: number,
  limit: number,
): number {
  let sum = 0;
  const top = new Float64Array(nearest);
  for (const face of faces) {
    top.fill(Infinity);
    for (const other of others) {
      const distance = squared(vectors, face * size, other * size, size, top[nearest - 1]!);
      for (let at = nearest - 1; at >= 0 && distance < top[at]!; at--) {
        if (at + 1 < nearest) top[at + 1] = top[at]!;
        top[at] = distance;
      }
    }
    for (const distance of top) sum += Math.sqrt(distance) / nearest;
    if (sum > limit * faces.length) return Infinity;
  }
  return sum / faces.length;
}

/** Steps between looks whether the sum has passed `limit` already. */
const STRIDE = 64;

function squared(v: Float32Array, a: number, b: number, size: number, limit: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) {
    const d = v[a + k]! - v[b + k]!;
    sum += d * d;
    if (k % STRIDE === STRIDE - 1 && sum > limit) return Infinity;
  }
  return sum;
}
