import { expect, test } from 'vitest';
import { coefficientCount, pairwiseScores, trainPairwise } from '../../../src/classify/pairwiseSvm';
import { pickSamples } from '../../../src/classify/samples';
import { madeUpPeople, vectorAt } from './people';

const people = madeUpPeople(5, 8);
const even = [...people.labels.keys()].filter((i) => i % 2 === 0);
const odd = [...people.labels.keys()].filter((i) => i % 2 === 1);
const known = pickSamples(people, even);

test('the scores count the pairs won, confirmed by explicit weights', () => {
  const coefficients = trainPairwise(known, { cost: 1, seed: 1 });
  expect(coefficients).toHaveLength(coefficientCount(known));
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
  const scores = pairwiseScores(coefficients, known, vector);
  for (const [c, won] of wins.entries()) expect(Math.abs(scores[c]! * 4 - won)).toBeLessThan(0.5);
});

test('more faces than their table of products can hold are refused in a sentence', () => {
  const count = 20_000;
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const many = { count, size: 1, vectors: new Float32Array(count), labels, classes: ['a', 'b'] };
  expect(() => trainPairwise(many, { cost: 1, seed: 1 })).toThrow('These are 20000 faces; at most 16384');
});
