import { eachCandidate } from './search/candidates';
import { encodeRows, type Codes } from './search/codes';
import type { Embedding } from './types';
import { squaredDistance } from './vectors';

/**
 * Distances evened out over kinds of people. A network that has seen few children puts all children close together, so one
 * distance for everybody confuses nearly all of them. A cohort of strangers shows how close together faces of a kind lie:
 * each face's distances are scaled by its nearness to the cohort (local scaling, Zelnik-Manor and Perona, 2004; related:
 * adaptive score normalisation of speaker verification; FairCal, Salvador et al., 2022). See docs/decisions/unknown.md.
 */

/** How a cohort is used. */
export interface CohortForm {
  /** Number of nearest centres in a face's mean cosine. */
  readonly nearest: number;
  /** Exponent of the two faces' closeness in their normalised squared distance. */
  readonly power: number;
  /** 1 − the mean cosine of a face whose scale is 1. */
  readonly reference: number;
}

export interface CohortUse extends CohortForm {
  /** Of the file that holds the centres; means computed with another one do not count. */
  readonly id: string;
}

/** Centres of clusters of at least eight people each: kinds of faces, nobody's own. */
export interface Cohort extends CohortUse {
  /** Numbers a centre. */
  readonly size: number;
  /** Rows of length 1. */
  readonly centres: Float32Array;
  readonly codes: Codes;
}

/** Packs centres, rows of `size` numbers, normalised to length 1. */
export function createCohort(use: CohortUse, size: number, centres: Float32Array): Cohort {
  const { id, nearest, power, reference } = use;
  const rows = centres.slice();
  for (let at = 0; at < rows.length; at += size) {
    let sum = 0;
    for (let k = at; k < at + size; k++) sum += rows[k]! * rows[k]!;
    const length = Math.sqrt(sum) || 1;
    for (let k = at; k < at + size; k++) rows[k]! /= length;
  }
  return { id, nearest, power, reference, size, centres: rows, codes: encodeRows(rows, size) };
}

/** Mean cosine of `vector` (of length 1) to the nearest centres; exact, the nearest added first. */
export function cohortMean(cohort: Cohort, vector: Float32Array): number {
  return meanCosine(nearestSquared(cohort, vector, cohort.nearest));
}

/** Mean cosine of vectors of length 1 by their squared distances. */
export function meanCosine(squared: Float64Array): number {
  // |a − b|² = 2 − 2 cos
  return 1 - squared.reduce((sum, value) => sum + value, 0) / (2 * squared.length);
}

/** The squared distances of the `nearest` centres, ascending; all of them where there are fewer. */
export function nearestSquared(
  { size, centres, codes }: Pick<Cohort, 'size' | 'centres' | 'codes'>,
  vector: Float32Array,
  nearest: number,
): Float64Array {
  const wanted = Math.min(nearest, codes.count);
  const least = new Float64Array(wanted).fill(Infinity);
  eachCandidate(codes, vector, Infinity, (row) => {
    let squared = squaredDistance(vector, centres, row * size);
    for (let at = 0; at < wanted; at++) {
      const before = least[at]!;
      if (squared < before) [least[at], squared] = [squared, before];
    }
    return Math.sqrt(least[wanted - 1]!);
  });
  return least;
}

/** Least 1 − mean cosine of any kind of face. */
const LEAST_SPREAD = 0.02;

/** Distance of a face from the nearest strangers: 1 − its mean cosine, at least `LEAST_SPREAD`. */
export function faceSpread(mean: number): number {
  return Math.max(LEAST_SPREAD, 1 - mean);
}

/** The factor of a face's distances: above 1 where faces of its kind lie close together. */
export function faceScale({ power, reference }: CohortForm, mean: number): number {
  return (faceSpread(mean) / reference) ** (-power / 2);
}

/** The deciding distance of two faces: `distance` is plain Euclidean, `a` and `b` are the faces' scales. */
export function normalisedDistance(distance: number, a: number, b: number): number {
  return distance * a * b;
}

/** The embedding with its mean cosine, where there is a cohort. */
export function withMean(cohort: Cohort | null, embedding: Embedding): Embedding {
  if (!cohort || embedding.cohortMean?.cohort === cohort.id) return embedding;
  return { ...embedding, cohortMean: { cohort: cohort.id, mean: cohortMean(cohort, embedding.vector) } };
}

/** The scale of an embedding, by the mean it carries for this cohort or else computed; 1 without a cohort. */
export function scaleOf(
  cohort: Cohort | null,
  { vector, cohortMean: known }: Pick<Embedding, 'vector' | 'cohortMean'>,
): number {
  if (!cohort) return 1;
  return faceScale(cohort, known?.cohort === cohort.id ? known.mean : cohortMean(cohort, vector));
}

/** The scale by the mean that an embedding carries; null where it has none for this cohort, 1 without a cohort. */
export function knownScale(use: CohortUse | null, { cohortMean: known }: Pick<Embedding, 'cohortMean'>): number | null {
  if (!use) return 1;
  return known?.cohort === use.id ? faceScale(use, known.mean) : null;
}
