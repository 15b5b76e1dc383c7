import * as v from 'valibot';
import { between, finite, whole } from '../core/parse';
import type { CalibrationPoint, CohortRow, EmbedderRow, OwnCohort } from './modelRow';
import { EMBEDDERS } from './registry';

/**
 * By which a trained model's distances are evened out: `of` the registry's model whose embeddings are the same numbers, or
 * its `own` one, whose centres are in its file.
 */
export type TrainedCohort = { readonly of: string } | { readonly own: OwnCohort };

/** What the description of a model says whose embeddings are the row's own numbers; null: plain distances decide. */
export function trainedCohortOf({ cohort }: EmbedderRow): TrainedCohort | null {
  if (!cohort) return null;
  if ('of' in cohort) return { of: cohort.of };
  const { nearest, power, reference, estimatedBelow, calibration } = cohort;
  return { own: { nearest, power, reference, estimatedBelow, calibration } };
}

/** The row's cohort by what a trained model's description says; `id` is the model's. */
export function trainedCohortRow(id: string, cohort: TrainedCohort, size: number): EmbedderRow['cohort'] {
  return 'own' in cohort ? { ...cohort.own, own: id } : registryCohort(cohort.of, size);
}

/** The registry's cohort of that name, of embeddings of `size` numbers. */
function registryCohort(of: string, size: number): CohortRow | undefined {
  return EMBEDDERS.find(({ cohort, embeddingSize }) => cohort.of === of && embeddingSize === size)?.cohort;
}

/**
 * The cohort of a model that the version before described, which knew none: the base's where its calibration is that of the
 * base, only a head having been trained. Of others plain distances decide.
 */
export function cohortOfOld({
  base,
  calibration,
}: {
  readonly base: string | null;
  readonly calibration: EmbedderRow['calibration'];
}): EmbedderRow['cohort'] {
  const row = EMBEDDERS.find(({ id }) => id === base);
  return JSON.stringify(row?.calibration) === JSON.stringify(calibration) ? row?.cohort : undefined;
}

/** No cohort of ours has a quarter of this. */
export const MOST_CENTRES = 4096;

const POINT = v.object({
  far: v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
  distance: between(0, 99.999),
  impostors: finite,
});

/** Two points at least, both columns rising. */
export const CALIBRATION = v.pipe(
  v.array(POINT),
  v.minLength(2),
  v.maxLength(1000),
  v.readonly(),
  v.check(isRising, 'rates and distances must rise'),
);

function isRising(points: readonly CalibrationPoint[]): boolean {
  return points.every(({ far, distance }, i) => {
    const before = points[i - 1];
    return !before || (far > before.far && distance > before.distance);
  });
}

/** What a description says of the cohort; `isCohortOf` checks the rest of it. */
export const TRAINED_COHORT = v.union([
  v.object({
    own: v.object({
      nearest: whole(1, MOST_CENTRES),
      power: between(0, 2),
      reference: between(1e-3, 2),
      estimatedBelow: between(0, 1),
      calibration: CALIBRATION,
    }),
  }),
  v.object({ of: v.string() }),
]);

/** Whether a cohort may be that of a model of embeddings of `size` numbers. */
export function isCohortOf(cohort: TrainedCohort, size: number): boolean {
  return 'own' in cohort || registryCohort(cohort.of, size) !== undefined;
}
