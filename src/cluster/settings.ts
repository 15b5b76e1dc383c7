/** What a model's calibration says of normalised distances: the distance at a rate. */
export interface Rates {
  readonly thresholdAt: (far: number) => number;
}

/** Nearest faces compared for each face. */
export const NEAREST = 48;

/**
 * The false-accept rate to which groups are joined falls with their number, since each is compared with every other: a
 * straight line in logarithms between these two. Chosen on `data/train` and `data/groups`: see docs/decisions/grouping.md.
 */
const FEW = { groups: 100, far: 4.4e-3 };
const MANY = { groups: 2000, far: 8e-5 };
const SLOPE = Math.log(MANY.far / FEW.far) / Math.log(MANY.groups / FEW.groups);

/** The normalised distance up to which groups are joined, by their number. */
export function linkLimit({ thresholdAt }: Rates, groups: number): number {
  const within = Math.min(MANY.groups, Math.max(FEW.groups, groups));
  return thresholdAt(FEW.far * (within / FEW.groups) ** SLOPE);
}

/** Added to the squared distance of two very large groups, and subtracted for a single very large one. */
const BOTH_LARGE = 0.15;
const ONE_LARGE = 0.1;

/**
 * The distance of two single faces that a mean normalised distance between groups of `a` and `b` faces is worth. A mean
 * over many pairs varies less than one pair: a face slightly far from a whole large group is more likely that person's than
 * its distance says, and two large groups of one person are near each other. Chosen with the rates.
 */
export function asOfSingles(distance: number, a: number, b: number): number {
  const [few, many] = a < b ? [a, b] : [b, a];
  return Math.sqrt(Math.max(0, distance ** 2 + BOTH_LARGE * (1 - 1 / few) - ONE_LARGE * (1 - 1 / many)));
}
