import { expect, test } from 'vitest';
import { stratifiedFolds } from '../../../src/classify/folds';

test('every fold has its share of each person', () => {
  const labels = Array.from({ length: 40 }, (_, i) => i % 5);
  const foldOf = stratifiedFolds(labels, 4, 7);
  for (let person = 0; person < 5; person++)
    for (let fold = 0; fold < 4; fold++)
      expect([...foldOf.keys()].filter((i) => foldOf[i] === fold && labels[i] === person)).toHaveLength(2);
});

test('people with one face each are spread over the folds', () => {
  const foldOf = stratifiedFolds([0, 1, 2, 3, 4, 5], 3, 1);
  expect([0, 1, 2].map((fold) => foldOf.filter((f) => f === fold).length)).toEqual([2, 2, 2]);
});
