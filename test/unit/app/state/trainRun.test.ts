import { expect, test } from 'vitest';
import { historyOf, isOpen, newRun, planOf, warningsOf, type RunPlan } from '../../../../src/app/state/trainRun';
import { recipeFor } from '../../../../src/core/trainRecipe';
import type { ModelReport } from '../../../../src/client/types';

const REPORT: ModelReport = {
  accuracy: 0.9,
  namedBy: 'nearest',
  val: 0.8,
  far: 1e-3,
  threshold: 1,
  impostors: 'outsiders',
  impostorPairs: 5000,
  outsidersAccepted: 0.1,
};

test('a run’s record gives back what it was begun with', () => {
  const plan: RunPlan = {
    recipe: recipeFor({ kind: 'model', id: 'm' }, 'head'),
    people: [{ id: 'a', name: 'Ann <b>' }],
    pictures: { train: 2, held: 1, outsiders: 3 },
    far: 0.01,
    previousModel: null,
  };
  const run = newRun('Mine', plan, 5);
  expect(planOf(run)).toEqual(plan);
  expect(historyOf(run)).toEqual([]);
  expect(isOpen(run)).toBe(true);
  expect(isOpen({ ...run, status: 'accepted' })).toBe(false);
});

test.each([
  ['outsidersAccepted', 0.11, /^Outsiders/],
  ['accuracy', 0.89, /^Fewer of your people/],
  ['val', 0.79, /^Fewer pairs/],
] as const)('a worse %s warns before the new model is used', (key, value, sentence) => {
  expect(warningsOf({ before: REPORT, after: { ...REPORT, [key]: value } })).toEqual([expect.stringMatching(sentence)]);
});

test('what is as good or better, or was not measured, does not warn', () => {
  expect(warningsOf({ before: REPORT, after: { ...REPORT, accuracy: 1, val: 1, outsidersAccepted: 0 } })).toEqual([]);
  const unknown = { ...REPORT, accuracy: null, val: null, outsidersAccepted: null };
  expect(warningsOf({ before: unknown, after: REPORT })).toEqual([]);
  expect(warningsOf({ before: REPORT, after: unknown })).toEqual([]);
});
