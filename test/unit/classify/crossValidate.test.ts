import { expect, test } from 'vitest';
import { bestMethod, crossValidate, nearestClass } from '../../../src/classify/crossValidate';
import { stratifiedFolds } from '../../../src/classify/folds';
import { packSamples, pickSamples } from '../../../src/classify/samples';
import { madeUpPeople, vectorAt } from './people';

const people = madeUpPeople(5, 8);

test('cross-validation counts what each method names rightly when it has not seen the face', () => {
  const result = crossValidate(people, { seed: 1, folds: 4 });
  expect(result.tested).toBe(people.count);
  expect(result.right.nearest).toBeGreaterThan(0.95 * people.count);
  const foldOf = stratifiedFolds(people.labels, 4, 1);
  const nearest = [...people.labels.keys()].filter((i) => {
    const others = pickSamples(
      people,
      [...people.labels.keys()].filter((j) => foldOf[j] !== foldOf[i]),
    );
    return nearestClass(others, vectorAt(people, i)) === people.labels[i];
  });
  expect(result.right.nearest).toBe(nearest.length);
  expect(bestMethod({ tested: 10, right: { nearest: 9, svm: 9, logistic: 8 } })).toBe('nearest');
  expect(bestMethod({ tested: 10, right: { nearest: 8, svm: 9, logistic: 8 } })).toBe('svm');
});

test('people with one face each cannot be tested', () => {
  const singles = packSamples([
    { name: 'a', vector: [1, 0] },
    { name: 'b', vector: [0, 1] },
  ]);
  expect(() => crossValidate(singles, { seed: 1 })).toThrow('at least two faces each');
});
