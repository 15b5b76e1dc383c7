import { expect, test } from 'vitest';
import { mulberry32, shuffledIndices } from '../../../../src/core/random';
import {
  drawPeople,
  logFactorials,
  measured,
  onceEach,
  pairRate,
  strangerShare,
  wilson,
} from '../../../../src/evaluate/bias/peopleBootstrap';
import type { ComparedPeople, GroupPair } from '../../../../src/evaluate/bias/comparePeople';

const nothing = { a: [], b: [] };
/** Rows 0 to 5 are one group, 6 to 8 another; row 9 is left out. */
const compared: ComparedPeople = {
  groups: [
    { name: 'a', rows: [0, 1, 2, 3, 4, 5] },
    { name: 'b', rows: [6, 7, 8] },
  ],
  pairs: [],
  twice: [{ row: 9, of: 0 }],
};
const within: GroupPair = {
  first: 0,
  second: 0,
  pairs: 15,
  plain: { a: [0, 0, 2], b: [1, 2, 5] },
  normalised: nothing,
};
const between: GroupPair = { first: 0, second: 1, pairs: 18, plain: { a: [0, 3], b: [6, 8] }, normalised: nothing };

test('people drawn again make the pairs that a list of them makes', () => {
  const random = mulberry32(2);
  const rateByList = (cell: GroupPair, weights: Float64Array): number => {
    const list = (group: number) =>
      compared.groups[group]!.rows.flatMap((row) => Array<number>(weights[row]!).fill(row));
    const [one, other] = [list(cell.first), list(cell.second)];
    const near = new Set(cell.plain.a.flatMap((a, i) => [`${a} ${cell.plain.b[i]}`, `${cell.plain.b[i]} ${a}`]));
    const pairs = one.flatMap((a, i) => (cell === within ? other.slice(i + 1) : other).map((b) => [a, b] as const));
    const people = pairs.filter(([a, b]) => a !== b);
    return people.filter(([a, b]) => near.has(`${a} ${b}`)).length / people.length;
  };
  for (let i = 0; i < 50; i++) {
    const weights = i === 0 ? onceEach(compared, 10) : drawPeople(compared, 10, random);
    expect(weights.subarray(0, 6).reduce((sum, weight) => sum + weight)).toBe(6);
    expect(weights[9]).toBe(0);
    for (const cell of [within, between])
      expect(pairRate(compared, cell, cell.plain, weights)).toBeCloseTo(rateByList(cell, weights), 12);
  }
});

test('the share of strangers is the mean over all galleries, and what drawn galleries show', () => {
  const rows = compared.groups[0]!.rows;
  const near = new Set(within.plain.a.flatMap((a, i) => [`${a} ${within.plain.b[i]}`, `${within.plain.b[i]} ${a}`]));
  const share = (gallery: readonly number[]): number => {
    const strangers = rows.filter((row) => !gallery.includes(row));
    return strangers.filter((row) => gallery.some((other) => near.has(`${row} ${other}`))).length / strangers.length;
  };
  const once = onceEach(compared, 10);
  const logs = logFactorials(10);
  for (const size of [1, 2, 3]) {
    const galleries = Array.from({ length: 2 ** rows.length }, (_, bits) => rows.filter((row) => bits & (1 << row)));
    const all = galleries.filter(({ length }) => length === size).map(share);
    const truth = all.reduce((sum, value) => sum + value, 0) / all.length;
    expect(strangerShare(rows, within.plain, size, once, logs)).toBeCloseTo(truth, 12);
    const random = mulberry32(size);
    const drawn = Array.from({ length: 4000 }, () =>
      share([...shuffledIndices(rows.length, random)].slice(0, size).map((place) => rows[place]!)),
    );
    expect(drawn.reduce((sum, value) => sum + value, 0) / drawn.length).toBeCloseTo(truth, 1);
  }
  expect(strangerShare(rows, nothing, 3, once, logs)).toBe(0);
});

test('Wilson’s intervals are the published ones', () => {
  // 5 of 10 and 0 of 10, as Brown, Cai and DasGupta (2001) and every table give them.
  for (const [rate, trials, low, high] of [
    [0.5, 10, 0.2366, 0.7634],
    [0, 10, 0, 0.2775],
    [1, 10, 0.7225, 1],
  ] as const) {
    const [from, to] = wilson(rate, trials);
    expect(from).toBeCloseTo(low, 4);
    expect(to).toBeCloseTo(high, 4);
  }
});

test('an interval is never without width, nor beyond 0 and 1, and takes the wider of both', () => {
  expect(measured(0, [0, 0, 0], 10).interval).toEqual(wilson(0, 10));
  expect(measured(0.5, [NaN], 10).interval).toEqual(wilson(0.5, 10));
  const replicates = Array.from({ length: 1001 }, (_, i) => i / 1000);
  const { interval } = measured(0.5, replicates, 1e6);
  expect(interval[0]).toBeCloseTo(0.025, 9);
  expect(interval[1]).toBeCloseTo(0.975, 9);
  expect(measured(0.1, replicates, 1e6).interval, 'centred on the rate').toEqual([0, expect.closeTo(0.575, 9)]);
});
