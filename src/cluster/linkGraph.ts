import { throwIfAborted } from '../core/abort';
import { mayBeOne, startGroups, type Constraints } from './constraints';
import type { Nearest } from './nearest';
import type { Faces } from './points';
import { groupStatistics } from './statistics';

export interface LinkOptions extends Constraints {
  /** A label 0, 1, … a face: groups to start from. Without: `startGroups`. */
  readonly start?: Int32Array | undefined;
  /** The value of a root mean squared normalised distance between groups of `a` and `b` faces. */
  readonly apart: (distance: number, a: number, b: number) => number;
  /** Pairs up to this value are joined, by the present number of groups. */
  readonly limit: (groups: number) => number;
  readonly signal?: AbortSignal | undefined;
}

/** A group this many times smaller joins its best in the same round as others do, until that has grown by `GROWTH`. */
const SMALLER = 4;
const GROWTH = 2;
/** Groups per abort check. */
const CHECK_EVERY = 1024;

/**
 * Average linkage (Sokal and Michener, 1958) along a graph of nearest neighbours: two groups are candidates when a face of
 * one is among the nearest of a face of the other (or both are so large that their neighbours are their own), and their
 * distance is the mean over all pairs of their faces, computed from the groups' sums. Pairs that are each other's nearest
 * are joined in rounds, together with some much smaller groups whose nearest is a large one. Gives each face a label of
 * `start`, not renumbered. Throws `aborted`.
 */
export function linkGraph(faces: Faces, nearest: Nearest, options: LinkOptions): Int32Array {
  const { photos, people, signal } = options;
  const { count } = faces;
  const groups = (options.start ?? startGroups(count, options)).slice();
  const members = membersOf(groups);
  const statistics = groupStatistics(faces, members);
  const allowed = mayBeOne(members, { photos, people });
  const adjacent = bothWays(nearest, count);
  const enough = nearest.k / 2;
  const large = new Set<number>();

  const total = members.length;
  const best = new Int32Array(total).fill(-1);
  const least = new Float64Array(total).fill(Infinity);
  const seen = new Int32Array(total).fill(-1);
  let dirty = new Set<number>();
  const visited = new Set<number>();
  let alive = 0;
  for (const [group, own] of members.entries()) {
    if (!own) continue;
    alive++;
    dirty.add(group);
    if (own.length >= enough) large.add(group);
  }

  /** Whether the pair (a, b) precedes the best of `a`, in a total order of pairs: so some are always each other's best. */
  const isBetter = (value: number, a: number, b: number): boolean => {
    if (value !== least[a]!) return value < least[a]!;
    const other = best[a]!;
    if (other < 0) return false;
    const [low, high, otherLow, otherHigh] = [Math.min(a, b), Math.max(a, b), Math.min(a, other), Math.max(a, other)];
    return low !== otherLow ? low < otherLow : high < otherHigh;
  };
  const compare = (a: number, b: number): void => {
    // Candidates are mutual: a visited group has already compared the pair for both.
    if (seen[b] === a || a === b || visited.has(b)) return;
    seen[b] = a;
    if (!allowed(a, b)) return;
    const value = options.apart(statistics.distance(a, b), members[a]!.length, members[b]!.length);
    if (isBetter(value, a, b)) [best[a], least[a]] = [b, value];
    if (isBetter(value, b, a)) [best[b], least[b]] = [a, value];
  };
  const visit = (a: number): void => {
    for (const face of members[a]!)
      for (let at = adjacent.start[face]!; at < adjacent.start[face + 1]!; at++)
        compare(a, groups[adjacent.near[at]!]!);
    if (large.has(a)) for (const b of large) compare(a, b);
    visited.add(a);
  };

  while (dirty.size > 0) {
    for (const a of dirty) [best[a], least[a]] = [-1, Infinity];
    visited.clear();
    for (const a of dirty) {
      if (visited.size % CHECK_EVERY === 0) throwIfAborted(signal);
      visit(a);
    }
    dirty = new Set();
    const limit = options.limit(alive);
    const gone = new Set<number>();
    const unite = (a: number, b: number): void => {
      for (const face of members[b]!) groups[face] = a;
      statistics.join(a, b);
      allowed.join(a, b);
      members[a]!.push(...members[b]!);
      members[b] = null;
      large.delete(b);
      dirty.delete(b);
      if (members[a]!.length >= enough) large.add(a);
      gone.add(a).add(b);
      dirty.add(a);
      alive--;
    };
    const within = [...members.keys()].filter((a) => members[a] && least[a]! <= limit);
    const pairs = within.filter((a) => best[a]! > a && best[best[a]!] === a);
    const sizes = new Map(within.map((a) => [best[a]!, members[best[a]!]!.length]));
    const others = within.filter((a) => large.has(best[a]!) && SMALLER * members[a]!.length <= sizes.get(best[a]!)!);
    for (const a of pairs) unite(a, best[a]!);
    // Without these, a large group that is the best of many would grow by one a round.
    for (const a of others.sort((x, y) => least[x]! - least[y]! || x - y)) {
      const b = best[a]!;
      const [own, its] = [members[a], members[b]];
      const most = GROWTH * sizes.get(b)!;
      if (own && its && own.length + its.length <= most && allowed(b, a)) unite(b, a);
    }
    if (gone.size > 0) for (const [a, own] of members.entries()) if (own && gone.has(best[a]!)) dirty.add(a);
    // Marks are by group, which has changed.
    seen.fill(-1);
  }
  return groups;
}

/** The faces of each group. */
function membersOf(groups: Int32Array): (number[] | null)[] {
  const members: (number[] | null)[] = [];
  for (const [face, group] of groups.entries()) (members[group] ??= []).push(face);
  return Array.from(members, (own) => own ?? null);
}

/** For each face the faces near it and those it is near to; some twice. */
function bothWays({ k, counts, ids }: Nearest, count: number) {
  const start = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) {
    start[i + 1]! += counts[i]!;
    for (let at = i * k; at < i * k + counts[i]!; at++) start[ids[at]! + 1]!++;
  }
  for (let i = 0; i < count; i++) start[i + 1]! += start[i]!;
  const near = new Int32Array(start[count]!);
  const next = start.slice(0, count);
  for (let i = 0; i < count; i++)
    for (let at = i * k; at < i * k + counts[i]!; at++) {
      near[next[i]!++] = ids[at]!;
      near[next[ids[at]!]!++] = i;
    }
  return { start, near };
}
