import { expect, test } from 'vitest';
import { chineseWhispers } from '../../../src/cluster/chineseWhispers';
import { packPoints } from '../../../src/cluster/points';
import { mulberry32, shuffledIndices } from '../../../src/core/random';
import { cosine } from '../../../src/core/vectors';
import { madeUpFaces, row, sets } from './faces';

/** The same rounds written plainly: each cosine recomputed, a map of sums. */
function plainly(points: Parameters<typeof chineseWhispers>[0], similarity: number, rounds: number, seed: number) {
  const n = points.count;
  const labels = Array.from({ length: n }, (_, i) => i);
  const random = mulberry32(seed);
  for (let round = 0; round < rounds; round++)
    for (const i of shuffledIndices(n, random)) {
      const sums = new Map<number, number>();
      for (let j = 0; j < n; j++) {
        const weight = cosine(row(points, i), row(points, j));
        if (j !== i && weight > similarity) sums.set(labels[j]!, (sums.get(labels[j]!) ?? 0) + weight);
      }
      const best = [...sums].sort(([a, x], [b, y]) => y - x || a - b)[0];
      if (best) labels[i] = best[0];
    }
  return labels;
}

test.each([0.4, 0.55, 0.8])('with similarity %d it groups as the plainly written rounds do', (similarity) => {
  const { points } = madeUpFaces(7, 8, { spread: 0.15 });
  const labels = chineseWhispers(points, { similarity, rounds: 20, seed: 3 });
  expect(sets(labels)).toEqual(sets(plainly(points, similarity, 20, 3)));
});

test('people that are far apart are found whole, and the same seed gives the same groups', () => {
  const { points, truth } = madeUpFaces(5, 10, { spread: 0.05 });
  const options = { similarity: 0.55, rounds: 20, seed: 1 };
  expect(sets(chineseWhispers(points, options))).toEqual(sets(truth));
  expect(chineseWhispers(points, options)).toEqual(chineseWhispers(points, options));
});

test('no faces, and faces without any likeness, are no trouble', () => {
  const options = { similarity: 0.5, rounds: 5, seed: 1 };
  expect([...chineseWhispers(packPoints([]), options)]).toEqual([]);
  const strangers = packPoints([
    [1, 0],
    [0, 1],
    [0, 0],
  ]);
  expect([...chineseWhispers(strangers, options)]).toEqual([0, 1, 2]);
});
