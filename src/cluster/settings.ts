import type { GroupFacesOptions } from './groupFaces';

/** The distance at which two different people are taken for one at a false-accept rate: a model's calibration. */
export type ThresholdAt = (far: number) => number;

/**
 * The false-accept rate of the first round times the number of faces: a larger collection, with more strangers alike by
 * chance, is held to a smaller distance. Chosen on 1,799 pictures of 360 people (see CONTRIBUTING.md).
 */
const CHANCE_NEIGHBOURS = 0.9;
const LARGEST_FAR = 1e-3;
const SMALLEST_FAR = 1e-5;
/** Rates of the later rounds by the first's: .05 and .1 of FaceNet's distance. */
const WIDER = 2.4;
const WIDEST = 5.8;

/** How `count` faces of a model are grouped. */
export function groupingSettings(
  count: number,
  thresholdAt: ThresholdAt,
): Pick<GroupFacesOptions, 'levels' | 'absorb'> {
  const far = Math.min(LARGEST_FAR, Math.max(SMALLEST_FAR, CHANCE_NEIGHBOURS / Math.max(1, count)));
  return {
    levels: [
      { least: 1, threshold: thresholdAt(far) },
      { least: 4, threshold: thresholdAt(far * WIDER) },
      { least: 6, threshold: thresholdAt(far * WIDEST) },
    ],
    absorb: { least: 3, nearest: 2, threshold: thresholdAt(far * WIDER) },
  };
}
