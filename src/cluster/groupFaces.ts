import { startGroups, type Constraints } from './constraints';
import { COPY, uniteCopies } from './copies';
import { tidyLabels } from './labels';
import { linkGraph } from './linkGraph';
import { nearestFaces, type NearestOptions } from './nearest';
import type { Faces } from './points';
import { asOfSingles, linkLimit, NEAREST, type Rates } from './settings';

export interface GroupFacesOptions extends Pick<NearestOptions, 'from' | 'signal' | 'onShare'>, Constraints {
  readonly rates: Rates;
}

/** Comparing faces: its share of the work. */
const COMPARING = 0.9;
/** False-accept rate of the distance that `COPY` is a share of. */
const COPY_FAR = 1e-3;

/**
 * Groups faces into people: average linkage along the graph of nearest faces (`linkGraph`), to a false-accept rate that falls
 * with the number of groups. Two faces of one picture are never one person, copies of one face apart (see `uniteCopies`);
 * given names are kept. With `from`, only the faces from that place on are new: only they are compared, and the given groups
 * of the others are kept. Every face gets a label, numbered in order of appearance. Throws `aborted`.
 */
export function groupFaces(faces: Faces, { rates, from, onShare, signal, ...known }: GroupFacesOptions): Int32Array {
  const limit = (groups: number): number => linkLimit(rates, groups);
  const start = uniteCopies(faces, startGroups(faces.count, known), known, COPY * rates.thresholdAt(COPY_FAR));
  const onCompared = (share: number): void => onShare?.(COMPARING * share);
  const nearest = nearestFaces(faces, { k: NEAREST, limit: limit(1), from, signal, onShare: onCompared });
  return tidyLabels(linkGraph(faces, nearest, { ...known, apart: asOfSingles, limit, start, signal }));
}
