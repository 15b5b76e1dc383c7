/** How evenly false accepts fall on groups of people. */

/** Pairs of two people of one group, all of them counted. */
export interface GroupPairs {
  readonly group: string;
  /** Distances, ascending. */
  readonly distances: Float64Array;
}

/** Fewer false accepts than this say little about a rate. */
const LEAST_ACCEPTS = 10;

/** Rows of one group a pair each of which is wrongly taken for one person at a distance: share of the group's pairs. */
export function rateAt({ distances }: GroupPairs, distance: number): number {
  let [low, high] = [0, distances.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (distances[middle]! < distance) low = middle + 1;
    else high = middle;
  }
  return low / distances.length;
}

/** The groups whose pairs suffice for a rate. */
export function groupsFor(groups: readonly GroupPairs[], far: number): GroupPairs[] {
  return groups.filter(({ distances }) => far * distances.length >= LEAST_ACCEPTS);
}

/** Stands for no false accept among few pairs. */
const HALF_A_PAIR = 0.5;

/** Mean over the groups of log(rate / far), and its standard deviation. */
function logRates(groups: readonly GroupPairs[], far: number, distance: number) {
  const logs = groups.map((group) =>
    Math.log(Math.max(rateAt(group, distance), HALF_A_PAIR / group.distances.length) / far),
  );
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const spread = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length);
  return { mean, spread };
}

/**
 * The distance at which the groups' rates have the geometric mean `far` × `centre`, and how far they are apart: standard
 * deviation of their logarithms. Null where the pairs of no two groups suffice.
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
