import { expect, test } from 'vitest';
import { crossValidate, nearestClass } from '../../../src/classify/crossValidate';
import { stratifiedFolds } from '../../../src/classify/folds';
import { packSamples, pickSamples } from '../../../src/classify/samples';
import { madeUpPeople, vectorAt } from './people';

const people = madeUpPeople(5, 8);

test.each(['svm', 'logistic'] as const)(
  'counts the held-out faces that the nearest face and %s give the right person',
  (kind) => {
    const done: number[] = [];
    const result = crossValidate(people, { kind, seed: 1, onFold: (fold) => done.push(fold) });
    expect(done).toEqual([1, 2, 3, 4, 5]);
    expect(result.right.classifier).toBeGreaterThan(0.9 * people.count);
    expect(result.tested).toBe(people.count);
    expect(result.right.nearest).toBeGreaterThan(0.95 * people.count);
    const foldOf = stratifiedFolds(people.labels, 5, 1);
    const nearest = [...people.labels.keys()].filter((i) => {
      const others = pickSamples(
        people,
        [...people.labels.keys()].filter((j) => foldOf[j] !== foldOf[i]),
      );
      return nearestClass(others, vectorAt(people, i)) === people.labels[i];
    });
    expect(result.right.nearest).toBe(nearest.length);
  },
);

test('people with one face each cannot be tested', () => {
  const singles = packSamples([
    { name: 'a', vector: [1, 0] },
    { name: 'b', vector: [0, 1] },
  ]);
  expect(() => crossValidate(singles, { kind: 'logistic', seed: 1 })).toThrow('at least two faces each');
});
