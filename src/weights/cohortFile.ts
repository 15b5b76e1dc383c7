import type { CohortForm } from '../core/cohort';
import { sha256 } from '../core/sha256';
import { CENTRES, eightBitRows } from './cohorts';
import { writeArrays } from './formats/safetensors';
import type { CalibrationPoint, CohortRow } from './modelRow';

/** A cohort's file holds this besides its centres. */
export interface CohortFacts extends CohortForm {
  /** Of the calibration's random numbers. */
  readonly seed: number;
  readonly of: string;
  readonly calibration: readonly CalibrationPoint[];
}

/** A cohort's file, its centres (rows of `size` numbers of length 1) in 8 bits, and its row for the registry. */
export async function writeCohort(
  centres: Float32Array,
  size: number,
  { seed, ...facts }: CohortFacts,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly row: CohortRow }> {
  const { shape, data, scale } = eightBitRows(centres, size);
  const bytes = writeArrays(
    [
      { name: CENTRES, type: 'I8', shape, data },
      { name: `${CENTRES}/scale`, type: 'F32', shape: [scale.length], data: scale },
    ],
    new Map([['facenet-web', JSON.stringify({ ...facts, seed })]]),
  );
  return { bytes, row: { ...facts, bytes: bytes.length, sha256: await sha256(bytes) } };
}
