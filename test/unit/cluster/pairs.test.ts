import { expect, test } from 'vitest';
import { condensedIndex, eachDot } from '../../../src/cluster/pairs';
import { madeUpFaces, row } from './faces';

test.each([1, 2, 3, 5, 33, 70])('each of the pairs of %i faces is visited once, with its dot product', (count) => {
  const { points } = madeUpFaces(count, 1, { size: 7 });
  const seen = new Map<string, number>();
  eachDot(points, (i, j, dot) => {
    expect(seen.has(`${i} ${j}`)).toBe(false);
    seen.set(`${i} ${j}`, dot);
  });
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++) {
      const dot = row(points, i).reduce((sum, x, k) => sum + x * row(points, j)[k]!, 0);
      expect(seen.get(`${i} ${j}`)).toBeCloseTo(dot, 12);
    }
  expect(seen.size).toBe((count * (count - 1)) / 2);
});

test('pairs fill a condensed matrix from its first place to its last', () => {
  const places: number[] = [];
  for (let i = 0; i < 9; i++) for (let j = i + 1; j < 9; j++) places.push(condensedIndex(9, i, j));
  expect(places).toEqual(Array.from({ length: 36 }, (_, i) => i));
});
