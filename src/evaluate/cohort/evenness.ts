import { LEAST_ACCEPTS } from '../calibrate';
import { mean, std } from '../statistics';

/** How evenly false accepts fall on groups of people. */

/** Pairs of two people of one group, all of them counted. */
export interface GroupPairs {
  readonly group: string;
  /** Distances, ascending. */
  readonly distances: Float64Array;
}

/** Share of a group's pairs that are wrongly taken for one person at a distance. */
export function rateAt({ distances }: GroupPairs, distance: number): number {
  let [low, high] = [0, distances.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (distances[middle]! < distance) low = middle + 1;
    else high = middle;
  }
  return low / distances.length;
}

/** The groups with enough pairs for a rate. */
export function groupsFor(groups: readonly GroupPairs[], far: number): GroupPairs[] {
  return groups.filter(({ distances }) => far * distances.length >= LEAST_ACCEPTS);
}

/** Counted where no pair is falsely accepted. */
const HALF_A_PAIR = 0.5;

/** Mean over the groups of log(rate / far), and its standard deviation. */
function logRates(groups: readonly GroupPairs[], far: number, distance: number) {
  const logs = groups.map((group) =>
    Math.log(Math.max(rateAt(group, distance), HALF_A_PAIR / group.distances.length) / far),
  );
  return { mean: mean(logs), spread: std(logs) };
}

/**
 * The distance at which the groups' rates have the geometric mean `far` × `centre`, and the standard deviation of their
 * logarithms there. Null unless two groups have enough pairs.
 */
export function evenDistance(
  all: readonly GroupPairs[],
  far: number,
  centre: number,
): { readonly distance: number; readonly spread: number } | null {
  const groups = groupsFor(all, far);
  if (groups.length < 2) return null;
  let low = Math.min(...groups.map(({ distances }) => distances[0]!));
  let high = Math.max(...groups.map(({ distances }) => distances[distances.length - 1]!));
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (logRates(groups, far, middle).mean > Math.log(centre)) high = middle;
    else low = middle;
  }
  const distance = (low + high) / 2;
  return { distance, spread: logRates(groups, far, distance).spread };
}
