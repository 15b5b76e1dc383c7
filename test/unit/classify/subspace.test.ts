import { expect, test } from 'vitest';
import { packSamples } from '../../../src/classify/samples';
import { spannedBy } from '../../../src/classify/subspace';
import { randomNumbers } from '../../fixtures/randomWeights';

/** Samples of 20 numbers that lie in three directions, but for a rest of so much. */
function nearlyFlat(count: number, rest: number) {
  const directions = [0, 1, 2].map((k) => randomNumbers(20, 10 + k, -1, 1));
  return packSamples(
    Array.from({ length: count }, (_, i) => {
      const along = randomNumbers(3, 100 + i, -1, 1);
      const off = randomNumbers(20, 500 + i, -rest, rest);
      const vector = off.map((value, d) => value + along.reduce((sum, a, k) => sum + a * directions[k]![d]!, 0));
      return { name: `${i % 2}`, vector };
    }),
  );
}

test('finds as many directions as the samples span, and gives each sample back', () => {
  const samples = nearlyFlat(12, 0);
  const { rank, basis, samples: inBasis } = spannedBy(samples, 1e-4);
  expect(rank).toBe(3);
  expect(inBasis).toMatchObject({ count: 12, size: 3, labels: samples.labels, classes: ['0', '1'] });
  for (let i = 0; i < 12; i++)
    for (let d = 0; d < 20; d++) {
      let value = 0;
      for (let k = 0; k < 3; k++) value += inBasis.vectors[i * 3 + k]! * basis[k * 20 + d]!;
      expect(value).toBeCloseTo(samples.vectors[i * 20 + d]!, 5);
    }
});

test('its directions are of length 1 and square to each other', () => {
  const { rank, basis } = spannedBy(nearlyFlat(15, 0.5), 1e-6);
  expect(rank).toBe(15);
  for (let a = 0; a < rank; a++)
    for (let b = 0; b <= a; b++) {
      let dot = 0;
      for (let d = 0; d < 20; d++) dot += basis[a * 20 + d]! * basis[b * 20 + d]!;
      expect(dot).toBeCloseTo(a === b ? 1 : 0, 10);
    }
});

test('rests that are short enough are left out', () => {
  expect(spannedBy(nearlyFlat(12, 0.001), 0.01).rank).toBe(3);
  expect(spannedBy(nearlyFlat(12, 0.001), 1e-5).rank).toBe(12);
});
