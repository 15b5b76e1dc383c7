import { expect, test } from 'vitest';
import { historyOf, isOpen, newRun, planOf, type RunPlan } from '../../../../src/app/train/runRecord';
import { recipeFor } from '../../../../src/train/config/recipe';

test('a run’s record gives back what it was begun with', () => {
  const plan: RunPlan = {
    recipe: recipeFor({ kind: 'model', id: 'm' }, 'head'),
    people: [{ id: 'a', name: 'Ann <b>' }],
    pictures: { train: 2, heldOut: 1, impostors: 3 },
    far: 0.01,
    previousModel: null,
  };
  const run = newRun('Mine', plan, 5);
  expect(planOf(run)).toEqual(plan);
  expect(historyOf(run)).toEqual([]);
  expect(isOpen(run)).toBe(true);
  expect(isOpen({ ...run, status: 'accepted' })).toBe(false);
});

test('a plan of an earlier version is read by the present names', () => {
  const run = newRun('Mine', {} as RunPlan, 5);
  const earlier = { far: 0.01, outsiders: ['b'], pictures: { train: 2, held: 1, outsiders: 3 } };
  expect(planOf({ ...run, plan: JSON.stringify(earlier) })).toEqual({
    far: 0.01,
    impostors: ['b'],
    pictures: { train: 2, heldOut: 1, impostors: 3 },
  });
});
