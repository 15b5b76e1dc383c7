import { expect, test } from 'vitest';
import { warningsOf } from '../../../src/evaluate/evaluationWords';

const REPORT = { accuracy: 0.9, val: 0.8, impostorsVal: 0.7, impostorsAccepted: 0.1 };

test.each([
  ['impostorsAccepted', 0.11, /^Strangers/],
  ['accuracy', 0.89, /^Fewer of your people/],
  ['val', 0.79, /^Fewer pairs of pictures of one person/],
  ['impostorsVal', 0.69, /^Fewer pairs of pictures of one stranger/],
] as const)('a worse %s warns before the new model is used', (key, value, sentence) => {
  expect(warningsOf({ before: REPORT, after: { ...REPORT, [key]: value } })).toEqual([expect.stringMatching(sentence)]);
});

test('what is as good or better, or was not measured, does not warn', () => {
  expect(
    warningsOf({ before: REPORT, after: { ...REPORT, accuracy: 1, val: 1, impostorsVal: 1, impostorsAccepted: 0 } }),
  ).toEqual([]);
  const unknown = { ...REPORT, accuracy: null, val: null, impostorsVal: null, impostorsAccepted: null };
  expect(warningsOf({ before: unknown, after: REPORT })).toEqual([]);
  expect(warningsOf({ before: REPORT, after: unknown })).toEqual([]);
});
