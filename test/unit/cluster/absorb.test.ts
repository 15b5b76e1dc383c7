import { expect, test } from 'vitest';
import { absorbSmall } from '../../../src/cluster/absorb';
import { packPoints } from '../../../src/cluster/points';

// Two groups of three on a line, round 1 and round 9, and single faces between.
const LINE = packPoints([[0], [1], [2], [8], [9], [10], [3], [6.5], [5]]);
const GROUPS = Int32Array.from([0, 0, 0, 1, 1, 1, 2, 3, 4]);
const OPTIONS = { least: 3, nearest: 2, threshold: 2 };

test('a single face joins the group to whose two nearest faces it is near on average, else none', () => {
  // 3 is 1 and 2 from its nearest two: 1.5. 6.5 is 1.5 and 2.5: 2, just so. 5 is 3 from both groups.
  expect([...absorbSmall(LINE, GROUPS, OPTIONS)]).toEqual([0, 0, 0, 1, 1, 1, 0, 1, 4]);
  expect([...absorbSmall(LINE, GROUPS, { ...OPTIONS, threshold: 1.9 })]).toEqual([0, 0, 0, 1, 1, 1, 0, 3, 4]);
});

test('of two of one picture only the nearer one joins, and a named one never does', () => {
  const points = packPoints([[0], [1], [2], [3], [2.5]]);
  const groups = Int32Array.from([0, 0, 0, 1, 2]);
  expect([...absorbSmall(points, groups, { ...OPTIONS, photos: [0, 1, 2, 7, 7] })]).toEqual([0, 0, 0, 1, 0]);
  expect([...absorbSmall(points, groups, { ...OPTIONS, people: [-1, -1, -1, 5, -1] })]).toEqual([0, 0, 0, 1, 0]);
});

test('without faces, or without large groups, nothing changes', () => {
  expect(absorbSmall(packPoints([]), new Int32Array(0), OPTIONS)).toHaveLength(0);
  expect([...absorbSmall(packPoints([[0], [0]]), Int32Array.from([0, 1]), OPTIONS)]).toEqual([0, 1]);
});
