import { expect, test } from 'vitest';
import { comparePeople } from '../../../../src/evaluate/bias/comparePeople';
import { stackFaces } from '../../../../src/evaluate/bias/stackFaces';

/** Faces on a line: group, place, scale. */
const faces = (...list: readonly (readonly [string, number, number])[]) =>
  stackFaces(
    list.map(([group, place, scale], i) => ({ group, name: `${i}.jpg`, vector: [place], scale })),
    1,
  );
const LIMITS = { plain: 1, normalised: 1, twice: 0.05 };

test('each pair of people is counted in its groups, by both distances', async () => {
  // Distances: 0–1 .9, 0–2 1.5 (normalised .75), 1–2 .6 (normalised .3), 3 far from all.
  const compared = await comparePeople(faces(['a', 0, 1], ['a', 0.9, 1], ['b', 1.5, 0.5], ['b', 9, 1]), LIMITS);
  expect(compared.groups).toEqual([
    { name: 'a', rows: [0, 1] },
    { name: 'b', rows: [2, 3] },
  ]);
  expect(compared.twice).toEqual([]);
  expect(compared.pairs).toEqual([
    { first: 0, second: 0, pairs: 1, plain: { a: [0], b: [1] }, normalised: { a: [0], b: [1] } },
    { first: 0, second: 1, pairs: 4, plain: { a: [1], b: [2] }, normalised: { a: [0, 1], b: [2, 2] } },
    { first: 1, second: 1, pairs: 1, plain: { a: [], b: [] }, normalised: { a: [], b: [] } },
  ]);
});

test('a second picture of a person is left out, and its pairs are not counted', async () => {
  const compared = await comparePeople(faces(['a', 0, 1], ['b', 0.5, 1], ['a', 0.51, 1]), LIMITS);
  expect(compared.twice).toEqual([{ row: 2, of: 1 }]);
  expect(compared.groups.map(({ rows }) => rows)).toEqual([[0], [1]]);
  expect(compared.pairs.map(({ pairs }) => pairs)).toEqual([0, 1, 0]);
});

test('what onRow throws ends the comparison', async () => {
  const rows: number[] = [];
  const comparison = comparePeople(faces(['a', 0, 1], ['a', 5, 1], ['a', 9, 1]), LIMITS, (row, all) => {
    rows.push(row);
    if (row === 1) throw new Error(`at ${row} of ${all}`);
  });
  await expect(comparison).rejects.toThrow('at 1 of 3');
  expect(rows).toEqual([0, 1]);
});
