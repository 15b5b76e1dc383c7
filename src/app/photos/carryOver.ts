/** Matches the faces of a picture scanned again with its known faces, so that their names stay. */
import { knownScale, normalisedDistance, type CohortUse } from '../../core/cohort';
import { euclidean } from '../../core/vectors';
import type { Box, Embedding } from '../../core/types';
import type { KnownPhotoFace, NewPhotoFace, PhotoFace } from '../../store/photoSchema';

export interface CarryOptions {
  /** The picture's bytes are the same, so its faces have not moved. */
  readonly sameBytes: boolean;
  /** Normalised, the model's own for one person. */
  readonly threshold: number;
  readonly cohort: CohortUse | null;
}

/** With the same bytes, boxes of one face found upright and turned overlap by more than this. */
const SAME_PLACE = 0.3;
/** Share of the threshold: a face cropped, turned or scaled is nearer; another picture often is not. */
const SAME_FACE = 0.8;
/** Faces with distances this similar are matched by place. */
const STEP = 0.1;

interface Pair {
  readonly known: number;
  readonly fresh: number;
  readonly overlap: number;
  /** Normalised; NaN between embeddings of different models. */
  readonly distance: number;
}

/** By index in `fresh` the known face; each known face once, the most certain pair first. */
export function carryOver(
  known: readonly KnownPhotoFace[],
  fresh: readonly NewPhotoFace[],
  { sameBytes, threshold, cohort }: CarryOptions,
): Map<number, PhotoFace> {
  const pairs: Pair[] = [];
  for (const [i, { face, embedding }] of known.entries())
    for (const [j, other] of fresh.entries()) {
      const overlap = overlapOf(face.box, other.box);
      const sameModel = embedding?.modelId === other.embedding.modelId;
      const distance = sameModel ? distanceOf(cohort, embedding, other.embedding) : NaN;
      if (sameBytes ? overlap >= SAME_PLACE : distance <= SAME_FACE * threshold)
        pairs.push({ known: i, fresh: j, overlap, distance });
    }
  const step = ({ distance }: Pair): number => Math.floor(distance / (STEP * threshold));
  pairs.sort((a, b) => (sameBytes ? 0 : step(a) - step(b)) || b.overlap - a.overlap || a.distance - b.distance);
  const taken = new Set<number>();
  const kept = new Map<number, PhotoFace>();
  for (const pair of pairs) {
    if (taken.has(pair.known) || kept.has(pair.fresh)) continue;
    taken.add(pair.known);
    kept.set(pair.fresh, known[pair.known]!.face);
  }
  return kept;
}

/** A face stored without a mean is given the other's scale, which is right where the two are one. */
function distanceOf(cohort: CohortUse | null, known: Embedding, fresh: Embedding): number {
  const scale = knownScale(cohort, fresh) ?? 1;
  return normalisedDistance(euclidean(known.vector, fresh.vector), knownScale(cohort, known) ?? scale, scale);
}

/** Intersection over union. */
function overlapOf(a: Box, b: Box): number {
  const width = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const height = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  if (width <= 0 || height <= 0) return 0;
  const area = ({ x0, y0, x1, y1 }: Box): number => (x1 - x0) * (y1 - y0);
  return (width * height) / (area(a) + area(b) - width * height);
}
