import type { CohortRow, EmbedderRow } from './registry';
import { MODELS } from './rows';

/** The registry's model whose cohort a trained model uses, its embeddings being that model's own numbers. */
export interface TrainedCohort {
  readonly of: string;
}

/** The cohort of a model whose embeddings are `base`'s own, only a head having been trained; null: base has none. */
export function cohortWithHead(base: EmbedderRow | null): TrainedCohort | null {
  return base?.cohort ? { of: base.cohort.of } : null;
}

/** The registry's cohort of that name, of embeddings of `size` numbers. */
export function registryCohort(of: unknown, size: number): CohortRow | undefined {
  return embedders().find((row) => row.cohort?.of === of && row.embeddingSize === size)?.cohort;
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
}): CohortRow | undefined {
  const row = embedders().find(({ id }) => id === base);
  return JSON.stringify(row?.calibration) === JSON.stringify(calibration) ? row?.cohort : undefined;
}

/** What a description says of it, a model's of embeddings of `size` numbers; `wrong` throws. */
export function readTrainedCohort(value: unknown, size: number, wrong: () => never): TrainedCohort | null {
  if (value === null) return null;
  const { of } = (value ?? {}) as Record<string, unknown>;
  return typeof of === 'string' && registryCohort(of, size) ? { of } : wrong();
}

function embedders(): readonly EmbedderRow[] {
  return MODELS.flatMap((row) => (row.kind === 'embedder' ? [row] : []));
}
