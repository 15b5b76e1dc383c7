import { createCohort, type Cohort, type CohortUse } from '../core/cohort';
import { FaceError, toFaceError } from '../core/errors';
import { badFormat } from './formats/array';
import { readSafetensors } from './formats/safetensors';
import { loadFile, type LoadOptions } from './load';
import type { CohortRow } from './registry';

/** The tensor of the centres, and their 8-bit scales beside it. */
export const CENTRES = 'centres';

/** A cohort's name in the site's `cohorts` folder. */
export function cohortFileName({ of }: Pick<CohortRow, 'of'>): string {
  return `${of}.safetensors`;
}

/**
 * A model's cohort, verified by its SHA-256; `modelsUrl` is the site's `cohorts` folder. Throws `weights/no-cohort` where it
 * is missing or damaged.
 */
export async function loadCohort(row: CohortRow, options: LoadOptions): Promise<Cohort> {
  const file = cohortFileName(row);
  try {
    return readCohort(row, await loadFile(row, file, options), file);
  } catch (thrown) {
    const { code } = toFaceError(thrown);
    const reason = code === 'weights/not-found' ? 'it is not there.' : 'it is damaged.';
    throw new FaceError('weights/no-cohort', { file: `cohorts/${file}`, reason }, { cause: thrown });
  }
}

/** The cohort in a file's bytes. Throws readSafetensors' errors. */
export function readCohort(row: CohortRow, bytes: Uint8Array, file: string): Cohort {
  const centres = readSafetensors(bytes, file).get(CENTRES);
  const [count = 0, size = 0] = centres?.shape ?? [];
  if (!centres || count === 0 || size === 0) throw badFormat(file, 'it holds no centres');
  return createCohort(cohortUse(row), size, Float32Array.from(centres.data));
}

export function cohortUse({ sha256, nearest, power, reference }: CohortRow): CohortUse {
  return { id: sha256.slice(0, 16), nearest, power, reference };
}
