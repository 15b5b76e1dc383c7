import { expect, test } from 'vitest';
import { warningsOf, type Judged } from '../../../src/evaluate/evaluation';

const REPORT: Judged = { accuracy: 0.9, val: 0.8, outsidersVal: 0.7, outsidersAccepted: 0.1 };

test.each([
  ['outsidersAccepted', 0.11, /^Outsiders/],
  ['accuracy', 0.89, /^Fewer of your people/],
  ['val', 0.79, /^Fewer pairs of pictures/],
  ['outsidersVal', 0.69, /^Fewer pairs of one outsider/],
] as const)('a worse %s warns before the new model is used', (key, value, sentence) => {
  expect(warningsOf({ before: REPORT, after: { ...REPORT, [key]: value } })).toEqual([expect.stringMatching(sentence)]);
});

test('what is as good or better, or was not measured, does not warn', () => {
  expect(
    warningsOf({ before: REPORT, after: { ...REPORT, accuracy: 1, val: 1, outsidersVal: 1, outsidersAccepted: 0 } }),
  ).toEqual([]);
  const unknown = { ...REPORT, accuracy: null, val: null, outsidersVal: null, outsidersAccepted: null };
  expect(warningsOf({ before: unknown, after: REPORT })).toEqual([]);
  expect(warningsOf({ before: REPORT, after: unknown })).toEqual([]);
});
