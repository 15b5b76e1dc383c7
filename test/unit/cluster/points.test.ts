import { expect, test } from 'vitest';
import { packPoints, squaredNorms } from '../../../src/cluster/points';

test('vectors lie one after the other, and their squared lengths are computed', () => {
  const points = packPoints([
    [3, 4],
    [0, 2],
  ]);
  expect(points).toEqual({ count: 2, size: 2, vectors: Float32Array.of(3, 4, 0, 2) });
  expect([...squaredNorms(points)]).toEqual([25, 4]);
});

test('no vectors are no points', () => {
  expect(packPoints([])).toEqual({ count: 0, size: 0, vectors: new Float32Array(0) });
});
