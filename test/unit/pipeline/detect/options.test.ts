import { expect, test } from 'vitest';
import { FaceError } from '../../../../src/core/errors';
import { detectSettings, type SearchOptions } from '../../../../src/pipeline/detect/options';

test("missing options have the original's values", () => {
  expect(detectSettings({})).toEqual({ minSize: 20, thresholds: [0.6, 0.7, 0.7], factor: 0.709, maxSide: 1600 });
  expect(detectSettings({ minSize: 0.2 })).toEqual({
    minSize: 0.2,
    thresholds: [0.6, 0.7, 0.7],
    factor: 0.709,
    maxSide: 1600,
  });
});

test.each<[string, SearchOptions]>([
  ['minSize', { minSize: 0 }],
  ['minSize', { minSize: -20 }],
  ['minSize', { minSize: 5 }],
  ['minSize', { minSize: NaN }],
  ['minSize', { minSize: Infinity }],
  ['thresholds', { thresholds: [0.6, 0.7, 1.1] }],
  ['thresholds', { thresholds: [0.6, NaN, 0.7] }],
  ['factor', { factor: 1 }],
  ['factor', { factor: 0 }],
  ['minsize', { minsize: 20 } as SearchOptions],
])('%s of %o is refused by name', (option, options) => {
  let thrown: unknown;
  try {
    detectSettings(options);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(FaceError);
  expect(thrown).toMatchObject({ code: 'detect/bad-option', details: { option } });
});
