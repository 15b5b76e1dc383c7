import type { Cohort } from '../src/core/cohort';
import { loadCohort } from '../src/weights/cohorts';
import type { LoadOptions } from '../src/weights/load';
import type { CohortRow } from '../src/weights/registry';

/** A cohort of the site, in `cohorts/` beside the models folder at `modelsUrl`. Throws as `loadCohort`. */
export function siteCohort(
  row: CohortRow,
  modelsUrl: string,
  options: Omit<LoadOptions, 'modelsUrl'>,
): Promise<Cohort> {
  const cohortsUrl = new URL('../cohorts/', new URL(modelsUrl, self.location.href)).href;
  return loadCohort(row, { ...options, modelsUrl: cohortsUrl });
}
