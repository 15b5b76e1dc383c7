/** What a model's calibration says of normalised distances: the rate at a distance, and the distance at a rate. */
export interface Rates {
  readonly farAt: (distance: number) => number;
  readonly thresholdAt: (far: number) => number;
}

/** Nearest faces of each face that are looked at. */
export const NEAREST = 48;

/**
 * The false-accept rate to which groups are joined falls with their number, for each is compared with every other: by these
 * two, at so many groups, on a straight line of the logarithms that ends there. Chosen on `data/train` and `data/groups`: see
 * docs/decisions/grouping.md.
 */
const FEW = { groups: 60, far: 2.2e-3 };
const MANY = { groups: 2000, far: 1.1e-4 };
const SLOPE = Math.log(MANY.far / FEW.far) / Math.log(MANY.groups / FEW.groups);
/** Among fewer groups than that, too: of a family's few pictures none should be joined that may be two people. */
const LARGEST_FAR = FEW.far;

/**
 * A mean over many pairs says more than one pair does: at a given distance two large groups of different people lie
 * 1 / `SURER` ** 2 as often as two faces do.
 */
const SURER = 2;

export function linkSettings({ farAt, thresholdAt }: Rates) {
  return {
    logFar: (distance: number, a: number, b: number): number =>
      Math.log(farAt(distance)) - Math.log(SURER) * (2 - 1 / a - 1 / b),
    most: (groups: number): number =>
      Math.min(Math.log(LARGEST_FAR), Math.log(FEW.far) + SLOPE * Math.log(Math.min(groups, MANY.groups) / FEW.groups)),
    /** No pair of faces beyond it is within a mean that is joined. */
    limit: thresholdAt(LARGEST_FAR * SURER ** 2),
  };
}
