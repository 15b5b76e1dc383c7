/** What a model's calibration says of normalised distances: the distance at a rate. */
export interface Rates {
  readonly thresholdAt: (far: number) => number;
}

/** Nearest faces of each face that are looked at. */
export const NEAREST = 48;

/**
 * Each group is compared with every other: groups are joined to the false-accept rate at which a group has so many others
 * by mistake. Chosen on `data/train` and `data/groups`: see docs/decisions/grouping.md.
 */
const MISTAKEN = 0.22;
/** Among a family's few pictures, too, none should be joined that may be two people. */
const LARGEST_FAR = 4.4e-3;

/** The normalised distance to which groups are joined while there are so many. */
export function linkLimit({ thresholdAt }: Rates, groups: number): number {
  return thresholdAt(Math.min(LARGEST_FAR, MISTAKEN / groups));
}
