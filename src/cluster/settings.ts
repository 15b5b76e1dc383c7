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
const MANY = { groups: 2000, far: 8e-5 };
const SLOPE = Math.log(MANY.far / FEW.far) / Math.log(MANY.groups / FEW.groups);

/** The normalised distance to which groups are joined while there are so many. */
export function linkLimit({ thresholdAt }: Rates, groups: number): number {
  const within = Math.min(MANY.groups, Math.max(FEW.groups, groups));
  return thresholdAt(FEW.far * (within / FEW.groups) ** SLOPE);
}

/** Of the squared distance, for two groups of very many faces, and what a very large one is spared. */
const BOTH_LARGE = 0.15;
const ONE_LARGE = 0.1;

/**
 * What a mean normalised distance between groups of `a` and `b` faces amounts to between two single faces. A mean over many
 * pairs varies less than one pair: a face that is a little far from all of a large group is more surely its person's than it
 * seems, and two large groups of one person are near each other. Chosen with the rates.
 */
export function asOfSingles(distance: number, a: number, b: number): number {
  const [few, many] = a < b ? [a, b] : [b, a];
  return Math.sqrt(Math.max(0, distance ** 2 + BOTH_LARGE * (1 - 1 / few) - ONE_LARGE * (1 - 1 / many)));
}
