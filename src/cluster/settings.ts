/** What a model's calibration says of normalised distances: the distance at a rate. */
export interface Rates {
  readonly thresholdAt: (far: number) => number;
}

/** Nearest faces of each face that are looked at. */
export const NEAREST = 48;

/**
 * The false-accept rate to which groups are joined falls with their number, for each is compared with every other: a straight
 * line of the logarithms between these two. Chosen on `data/train` and `data/groups`: see docs/decisions/grouping.md. Of a
 * family's few pictures none should be joined that may be two people.
 */
const FEW = { groups: 100, far: 4.4e-3 };
const MANY = { groups: 2000, far: 9e-5 };
const SLOPE = Math.log(MANY.far / FEW.far) / Math.log(MANY.groups / FEW.groups);

/** The normalised distance to which groups are joined while there are so many. */
export function linkLimit({ thresholdAt }: Rates, groups: number): number {
  const within = Math.min(MANY.groups, Math.max(FEW.groups, groups));
  return thresholdAt(FEW.far * (within / FEW.groups) ** SLOPE);
}
