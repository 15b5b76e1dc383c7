import { absorbSmall } from './absorb';
import { linkGroups } from './averageLinkage';
import { startGroups, type Constraints } from './constraints';
import { tidyLabels } from './labels';
import type { PairOptions } from './pairs';
import type { Points } from './points';

/** A round of average linkage among the groups that have at least `least` faces. */
export interface Level {
  readonly least: number;
  readonly threshold: number;
}

export interface GroupFacesOptions extends Pick<PairOptions, 'signal'>, Constraints {
  /** In order; the first has `least` 1. */
  readonly levels: readonly Level[];
  /** The last step: groups of fewer than `least` faces join larger ones by their `nearest` nearest faces there. */
  readonly absorb: { readonly least: number; readonly nearest: number; readonly threshold: number };
  /** Hears the share of the work that is done, 0–1. */
  readonly onShare?: ((share: number) => void) | undefined;
}

/** Of the work is comparing each face with each in the first round. */
const FIRST_ROUND = 0.8;

/**
 * Groups faces into people: average linkage in rounds, first all faces at a strict distance, then only groups that have
 * shown some faces at wider ones, for an average over many pairs says more than one pair does; at last faces left over join
 * the group of which they are near a few faces. Two faces of one picture are never one person, names given are kept.
 * Every face gets a label, numbered in order of appearance. Throws `aborted`.
 */
export function groupFaces(points: Points, { levels, absorb, onShare, ...rest }: GroupFacesOptions): Int32Array {
  let groups = startGroups(points.count, rest);
  for (const [round, { least, threshold }] of levels.entries()) {
    // The rows are those of a triangle: each is shorter than the one before.
    const onRows = (done: number, total: number) => onShare?.(FIRST_ROUND * (1 - (1 - done / total) ** 2));
    groups = linkGroups(points, groups, least, { ...rest, threshold, ...(round === 0 && { onRows }) });
  }
  return tidyLabels(absorbSmall(points, groups, { ...rest, ...absorb }));
}
