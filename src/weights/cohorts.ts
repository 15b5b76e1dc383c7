import { createCohort, type Cohort, type CohortUse } from '../core/cohort';
import { FaceError, toFaceError } from '../core/errors';
import type { Weights, WeightTensor } from '../core/weights';
import { badFormat } from './formats/array';
import { readSafetensors } from './formats/safetensors';
import { loadFile, type LoadOptions } from './load';
import type { CohortRow, EmbedderRow, OwnCohortRow } from './modelRow';
import { MOST_CENTRES } from './trainedCohort';

/** The tensor of the centres; their 8-bit scales are beside it. */
export const CENTRES = 'centres';
/** The same in the file of a trained model that has a cohort of its own. */
export const COHORT_CENTRES = 'Cohort/centres';

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

/**
 * The cohort that a trained model's own file holds, of embeddings of the row's size; null where its row has none of its own.
 * Throws `weights/bad-format` unless each centre is one that `eightBitRows` can have written.
 */
export function ownCohort({ cohort, embeddingSize }: EmbedderRow, weights: Weights, file: string): Cohort | null {
  if (!cohort || !('own' in cohort)) return null;
  const centres = weights.get(COHORT_CENTRES);
  const [count = 0, size] = centres?.shape ?? [];
  if (centres?.dtype !== 'int8' || centres.shape.length !== 2 || size !== embeddingSize)
    throw badFormat(file, `its cohort is not of ${embeddingSize} numbers`);
  if (count < cohort.nearest || count > MOST_CENTRES) throw badFormat(file, `its cohort has ${count} centres`);
  for (let at = 0; at < centres.data.length; at += size)
    if (greatest(centres.data.subarray(at, at + size)) !== MOST_CODE) throw badFormat(file, 'its cohort is damaged');
  return createCohort(cohortUse(cohort), size, Float32Array.from(centres.data));
}

export function cohortUse(row: CohortRow | OwnCohortRow): CohortUse {
  const { nearest, power, reference } = row;
  return { id: 'own' in row ? row.own : row.sha256.slice(0, 16), nearest, power, reference };
}

const MOST_CODE = 127;

/** Rows of `size` numbers in 8 bits, the greatest of each ±127; a row's direction is that of its codes. */
export function eightBitRows(rows: Float32Array, size: number): Extract<WeightTensor, { dtype: 'int8' }> {
  const count = rows.length / size;
  const data = new Int8Array(rows.length);
  const scale = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    const numbers = rows.subarray(row * size, (row + 1) * size);
    const step = greatest(numbers) / MOST_CODE || 1;
    scale[row] = step;
    for (let k = 0; k < size; k++) data[row * size + k] = Math.round(numbers[k]! / step);
  }
  return { dtype: 'int8', shape: [count, size], data, scale };
}

function greatest(numbers: Float32Array | Int8Array): number {
  let most = 0;
  for (const value of numbers) most = Math.max(most, Math.abs(value));
  return most;
}
