import type { Cohort } from '../core/cohort';
import { loadCohort } from '../weights/cohorts';
import type { LoadOptions } from '../weights/load';
import type { CohortRow } from '../weights/modelRow';

/** A cohort of the site, in `cohorts/` beside the models folder at `modelsUrl`. Throws as `loadCohort`. */
export function siteCohort(
  row: CohortRow,
  modelsUrl: string,
  options: Omit<LoadOptions, 'modelsUrl'>,
): Promise<Cohort> {
  const cohortsUrl = new URL('../cohorts/', new URL(modelsUrl, self.location.href)).href;
  return loadCohort(row, { ...options, modelsUrl: cohortsUrl });
}
