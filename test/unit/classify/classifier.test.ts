import { describe, expect, test } from 'vitest';
import { CLASSIFIER_KINDS, classify, classProbabilities, trainClassifier } from '../../../src/classify/classifier';
import { bestMethod, crossValidate, nearestClass } from '../../../src/classify/crossValidate';
import { nameFace, readClassifier, writeClassifier } from '../../../src/classify/file';
import { stratifiedFolds } from '../../../src/classify/folds';
import { pairwiseScores, trainPairwise } from '../../../src/classify/pairwiseSvm';
import { packSamples, pickSamples } from '../../../src/classify/samples';
import { fitSlope, meanLogLoss } from '../../../src/classify/temperature';
import { euclidean } from '../../../src/core/vectors';
import { mulberry32 } from '../../../src/core/random';
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

  test('comes back from its file as it was', () => {
    const text = writeClassifier({ model: 'facenet', classifier });
    expect(readClassifier(text, 'a.json')).toEqual({ model: 'facenet', classifier });
  });

  test('a stranger is unknown, and the nearest person is still told', () => {
    const stranger = madeUpPeople(1, 1, { seed: 99 });
    const vector = vectorAt(stranger, 0);
    const answer = nameFace({ classifier }, vector, 0.9);
    expect(answer.name).toBeNull();
    const own = even.filter((i) => people.classes[people.labels[i]!] === answer.nearest);
    expect(answer.distance).toBeCloseTo(Math.min(...own.map((i) => euclidean(vectorAt(people, i), vector))), 6);
    expect(nameFace({ classifier }, vectorAt(people, odd[0]!), 0.9).name).toBe('person 0');
  });
});

test.each([
  ['not JSON', (text: string) => text.slice(1)],
  ['cut off numbers', (text: string) => text.replace(/"vectors":"[^"]{8}/, '"vectors":"')],
  ['another program’s', (text: string) => text.replace('facenet-web classifier', 'other')],
  ['a newer version', (text: string) => text.replace('"version":1', '"version":2')],
  ['a label beyond the people', (text: string) => text.replace('"labels":[0', '"labels":[77')],
  ['an unknown kind', (text: string) => text.replace('"kind":"svm"', '"kind":"tree"')],
  ['no people', (text: string) => text.replace(/"classes":\[[^\]]*\]/, '"classes":[]')],
  ['a slope that is none', (text: string) => text.replace(/"slope":[\d.]+/, '"slope":null')],
])('a file that is %s is refused in a sentence', (_, damage) => {
  const text = damage(writeClassifier({ model: 'm', classifier: trainClassifier('svm', known, { seed: 1 }) }));
  expect(() => readClassifier(text, 'a.json')).toThrow(/^a\.json is not a classifier that can be used here: /);
});

test('the scores count the pairs won, found again by weights worked out in full', () => {
  const { coefficients } = trainPairwise(known, { cost: 1, seed: 1 });
  const rows = known.classes.map((_, c) => [...known.labels.keys()].filter((i) => known.labels[i] === c));
  const vector = vectorAt(people, odd[3]!);
  const wins = known.classes.map(() => 0);
  let at = 0;
  for (let a = 0; a < rows.length; a++)
    for (let b = a + 1; b < rows.length; b++) {
      const w = new Float64Array(known.size);
      let bias = 0;
      for (const i of [...rows[a]!, ...rows[b]!]) {
        const coefficient = coefficients[at++]!;
        bias += coefficient;
        for (const [k, x] of vectorAt(known, i).entries()) w[k]! += coefficient * x;
      }
      wins[w.reduce((sum, x, k) => sum + x * vector[k]!, bias) > 0 ? a : b]!++;
    }
  const scores = pairwiseScores({ coefficients }, known, vector);
  for (const [c, won] of wins.entries()) expect(Math.abs(scores[c]! * 4 - won)).toBeLessThan(0.5);
});

test('the slope of the probabilities is the best of a grid', () => {
  const random = mulberry32(2);
  const truth = Array.from({ length: 60 }, (_, i) => i % 3);
  const scores = truth.map((t) => Float64Array.from({ length: 3 }, (_, c) => (c === t ? 0.3 : 0) + random()));
  const found = meanLogLoss(scores, truth, fitSlope(scores, truth));
  for (let slope = 0.25; slope < 64; slope *= 1.1)
    expect(found).toBeLessThanOrEqual(meanLogLoss(scores, truth, slope) + 1e-6);
});

test('every fold has its share of each person', () => {
  const foldOf = stratifiedFolds(people.labels, 4, 7);
  for (let c = 0; c < 5; c++)
    for (let fold = 0; fold < 4; fold++)
      expect([...foldOf.keys()].filter((i) => foldOf[i] === fold && people.labels[i] === c)).toHaveLength(2);
});

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

test('one person alone, or people with one face each, cannot be learned or tested', () => {
  const one = packSamples([{ name: 'a', vector: [1, 0] }]);
  expect(() => trainClassifier('svm', one, { seed: 1 })).toThrow('two people are needed');
  const singles = packSamples([
    { name: 'a', vector: [1, 0] },
    { name: 'b', vector: [0, 1] },
  ]);
  expect(() => crossValidate(singles, { seed: 1 })).toThrow('at least two faces each');
  expect(trainClassifier('svm', singles, { seed: 1 }).slope).toBe(1);
});
