import { expect, test } from 'vitest';
import { FaceError } from '../../../../../src/core/errors';
import { assertNormalisable } from '../../../../../src/harness/cli/lfw/decide';

const cohort = { id: 'c', nearest: 5, power: 0.4, reference: 0.3 };
const state = { model: 'm', cohort, crop: 'facenet' } as const;
const settings = { crops: ['facenet'], margins: null };

function sentence(work: () => void): string {
  try {
    work();
  } catch (thrown) {
    expect((thrown as FaceError).code).toBe('harness/not-normalised');
    return (thrown as FaceError).message;
  }
  return '';
}

test('the model’s own crop is normalised; a model without a cohort, and other crops, are refused with the reason', () => {
  expect(sentence(() => assertNormalisable(state, settings))).toBe('');
  expect(sentence(() => assertNormalisable({ ...state, cohort: null }, settings))).toBe(
    'The distances cannot be normalised: m has no cohort, so its plain distances decide.',
  );
  const reason = 'm was calibrated on its own crop (facenet), so --crop and --margin must be left out.';
  for (const other of [{ crops: ['similarity'] }, { crops: ['facenet', 'similarity'] }, { margins: [16] }])
    expect(sentence(() => assertNormalisable(state, { ...settings, ...other }))).toContain(reason);
});
