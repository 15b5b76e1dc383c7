import { certaintyAmong } from '../core/certainty';
import { normalisedDistance, scaleOf, type Cohort } from '../core/cohort';
import { eachCandidate } from '../core/search/candidates';
import type { Embedding, Match } from '../core/types';
import { euclidean, squaredDistance } from '../core/vectors';
import type { Gallery } from './gallery';
import { farAt, type Calibrated } from '../weights/calibration';
import { namedByClassifier, type NameClassifier } from './nameClassifier';

/** The known people, and when a face matches one of them. The calibration is that of normalised distances. */
export interface Matching extends Calibrated {
  readonly gallery: Gallery;
  /** Normalised distance up to which a face is a person. */
  readonly threshold: number;
  /** Null for a model that has none: its plain distances are the normalised ones. */
  readonly cohort: Cohort | null;
  /** Chooses among the people within the threshold, see `namedByClassifier`; null: the nearest face does. */
  readonly classifier: NameClassifier | null;
}

export const NOBODY: Match = {
  person: null,
  nearest: null,
  distance: null,
  normalised: null,
  certainty: null,
  second: null,
  secondDistance: null,
  secondNormalised: null,
};

/**
 * The person with the face of least normalised distance to `embedding`, if that is within the threshold; and the
 * nearest other person. The certainty is that among all people of the gallery. Nobody when the gallery is empty or another
 * model's.
 */
export function matchFace(embedding: Embedding, matching: Matching): Match {
  const { gallery, threshold, cohort, classifier } = matching;
  if (gallery.personOf.length === 0 || gallery.modelId !== embedding.modelId) return NOBODY;
  const { vector } = embedding;
  const scale = scaleOf(cohort, embedding);
  let [best, second] = [-1, -1];
  let [bestRow, secondRow] = [-1, -1];
  // Without the probe's own scale, which is the same for all rows.
  let [bestScaled, secondScaled] = [Infinity, Infinity];
  const distanceTo = (row: number): number => Math.sqrt(squaredDistance(vector, gallery.vectors, row * vector.length));
  eachCandidate(
    gallery.codes,
    vector,
    Infinity,
    (row) => {
      const person = gallery.personOf[row]!;
      const scaled = distanceTo(row) * gallery.scales[row]!;
      if (scaled < (person === best ? bestScaled : secondScaled)) {
        if (person === best) [bestScaled, bestRow] = [scaled, row];
        else if (scaled < bestScaled) {
          [second, secondScaled, secondRow] = [best, bestScaled, bestRow];
          [best, bestScaled, bestRow] = [person, scaled, row];
        } else [second, secondScaled, secondRow] = [person, scaled, row];
      }
      return secondScaled;
    },
    gallery.scales,
  );
  if (best < 0) return NOBODY;
  const measured = (row: number): { distance: number; normalised: number } => {
    const distance = distanceTo(row);
    return { distance, normalised: normalisedDistance(distance, gallery.scales[row]!, scale) };
  };
  const certaintyAt = (normalised: number): number =>
    certaintyAmong(farAt(matching, normalised), gallery.people.length);
  const first = measured(bestRow);
  const nearest = gallery.people[best]!;
  const isKnown = first.normalised <= threshold;
  const named =
    classifier && isKnown ? namedByClassifier(embedding, classifier, gallery, { threshold, scale, nearest }) : null;
  if (named && named.person !== nearest) {
    const { person, row } = named;
    const chosen = measured(row);
    return {
      ...{ person, nearest: person, ...chosen, certainty: certaintyAt(chosen.normalised) },
      ...{ second: nearest, secondDistance: first.distance, secondNormalised: first.normalised },
    };
  }
  const other = second < 0 ? null : measured(secondRow);
  return {
    ...{ person: isKnown ? nearest : null, nearest, ...first, certainty: certaintyAt(first.normalised) },
    second: gallery.people[second] ?? null,
    secondDistance: other?.distance ?? null,
    secondNormalised: other?.normalised ?? null,
  };
}

/** Two faces compared as in `matchFace`. */
export interface Comparison {
  /** Plain Euclidean. */
  readonly distance: number;
  readonly normalised: number;
  /** Within the threshold: one person's. */
  readonly same: boolean;
  /** Probability that another person's face would not be this near; see `certaintyAmong`. */
  readonly certainty: number;
}

/** Both embeddings are of the model that `matching` is of. */
export function compareFaces(a: Embedding, b: Embedding, matching: Omit<Matching, 'gallery'>): Comparison {
  const distance = euclidean(a.vector, b.vector);
  const normalised = normalisedDistance(distance, scaleOf(matching.cohort, a), scaleOf(matching.cohort, b));
  const certainty = certaintyAmong(farAt(matching, normalised), 1);
  return { distance, normalised, same: normalised <= matching.threshold, certainty };
}
