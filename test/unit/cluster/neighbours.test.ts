import { expect, test } from 'vitest';
import { aboveCosine, withinDistance, type NearGraph } from '../../../src/cluster/neighbours';
import { cosine, euclidean } from '../../../src/core/vectors';
import { madeUpFaces, row } from './faces';

const { points } = madeUpFaces(4, 10, { spread: 0.2 });

/** By looking at every pair. */
function plain(weightOf: (a: Float32Array, b: Float32Array) => number | null): [number, number][][] {
  const all = [...Array(points.count).keys()];
  return all.map((i) =>
    all.flatMap((j): [number, number][] => {
      const weight = i === j ? null : weightOf(row(points, i), row(points, j));
      return weight === null ? [] : [[j, weight]];
    }),
  );
}
function rowsOf({ start, near, weight }: NearGraph): [number, number][][] {
  return Array.from({ length: points.count }, (_, i) =>
    [...near.subarray(start[i], start[i + 1])].map((j, at) => [j, weight[start[i]! + at]!]),
  );
}
const close = (rows: [number, number][][]) =>
  rows.map((list) => list.map(([j, w]) => [j, expect.closeTo(w, 5) as number]));

test('every pair within a distance, both ways, in order, with the distance', () => {
  const near = plain((a, b) => (euclidean(a, b) <= 0.8 ? euclidean(a, b) : null));
  expect(near.flat().length).toBeGreaterThan(50);
  expect(rowsOf(withinDistance(points, 0.8))).toEqual(close(near));
});

test('every pair above a cosine, both ways, in order, with the cosine', () => {
  const near = plain((a, b) => (cosine(a, b) > 0.6 ? cosine(a, b) : null));
  expect(rowsOf(aboveCosine(points, 0.6))).toEqual(close(near));
});
