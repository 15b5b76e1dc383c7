import { describe, expect, test } from 'vitest';
import { CLASSIFIER_KINDS, classify, classProbabilities, trainClassifier } from '../../../src/classify/classifier';
import { packSamples, pickSamples } from '../../../src/classify/samples';
import { madeUpPeople, vectorAt } from './people';

const people = madeUpPeople(5, 8);
const even = [...people.labels.keys()].filter((i) => i % 2 === 0);
const odd = [...people.labels.keys()].filter((i) => i % 2 === 1);
const known = pickSamples(people, even);

describe.each(CLASSIFIER_KINDS)('%s', (kind) => {
  const classifier = trainClassifier(kind, known, { seed: 1 });

  test('names faces that it has not seen, with probabilities that sum to 1', () => {
    for (const i of odd) {
      expect(classify(classifier, vectorAt(people, i)).best).toBe(people.labels[i]);
      const sum = classProbabilities(classifier, vectorAt(people, i)).reduce((all, p) => all + p, 0);
      expect(sum).toBeCloseTo(1, 10);
    }
  });

  test('the same samples and seed give the same numbers', () => {
    expect(trainClassifier(kind, known, { seed: 1 })).toEqual(classifier);
  });
});

test('one person alone cannot be learned; of people with one face each the probabilities stay as they are', () => {
  const one = packSamples([{ name: 'a', vector: [1, 0] }]);
  expect(() => trainClassifier('svm', one, { seed: 1 })).toThrow('two people are needed');
  const singles = packSamples([
    { name: 'a', vector: [1, 0] },
    { name: 'b', vector: [0, 1] },
  ]);
  expect(trainClassifier('svm', singles, { seed: 1 }).slope).toBe(1);
});
