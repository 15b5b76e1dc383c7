import type { CalibrationPoint, CohortRow, EmbedderRow, OwnCohort } from './registry';
import { EMBEDDERS } from './rows';

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
function registryCohort(of: unknown, size: number): CohortRow | undefined {
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

/** What a description says of it, a model's of embeddings of `size` numbers; `wrong` throws. */
export function readTrainedCohort(value: unknown, size: number, wrong: () => never): TrainedCohort | null {
  if (value === null) return null;
  const { of, own } = (value ?? {}) as Record<string, unknown>;
  if (own !== undefined) return { own: readOwn(own, wrong) };
  return typeof of === 'string' && registryCohort(of, size) ? { of } : wrong();
}

/** No cohort of ours has a quarter of this. */
export const MOST_CENTRES = 4096;

function readOwn(value: unknown, wrong: () => never): OwnCohort {
  const own = (value ?? {}) as Record<string, unknown>;
  const between = (name: string, low: number, high: number): number => {
    const number = own[name];
    return typeof number === 'number' && number >= low && number <= high ? number : wrong();
  };
  const nearest = between('nearest', 1, MOST_CENTRES);
  if (!Number.isInteger(nearest)) wrong();
  return {
    nearest,
    power: between('power', 0, 2),
    reference: between('reference', 1e-3, 2),
    estimatedBelow: between('estimatedBelow', 0, 1),
    calibration: readCalibration(own['calibration'], wrong),
  };
}

/** Two points at least, both columns rising; `wrong` throws. */
export function readCalibration(value: unknown, wrong: () => never): CalibrationPoint[] {
  if (!Array.isArray(value) || value.length < 2 || value.length > 1000) return wrong();
  return value.map((point: unknown, i) => {
    const { far, distance, impostors } = (point ?? {}) as Record<string, unknown>;
    const before = (value[i - 1] ?? { far: 0, distance: -1 }) as Record<string, number>;
    if (typeof far !== 'number' || typeof distance !== 'number' || typeof impostors !== 'number') return wrong();
    return far > before['far']! && far < 1 && distance > before['distance']! && distance < 100
      ? { far, distance, impostors }
      : wrong();
  });
}
