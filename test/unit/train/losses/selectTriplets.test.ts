import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import { TRIPLET_CHOICES, type TripletChoice } from '../../../../src/train/config/config';
import { selectTriplets, squaredDistances } from '../../../../src/train/losses/selectTriplets';
import { randomNumbers } from '../../../fixtures/randomWeights';

const LABELS = [0, 0, 1, 1, 2, 0, 2, 3, 1, 0];
const N = LABELS.length;
const EMBEDDINGS = randomNumbers(N * 2, 11);
const MARGIN = 0.2;
const d2 = (a: number, b: number) =>
  (EMBEDDINGS[2 * a]! - EMBEDDINGS[2 * b]!) ** 2 + (EMBEDDINGS[2 * a + 1]! - EMBEDDINGS[2 * b + 1]!) ** 2;
const select = (choice: TripletChoice, seed = 1) =>
  selectTriplets(EMBEDDINGS, LABELS, { choice, margin: MARGIN, random: mulberry32(seed) });
const everybody = [...Array(N).keys()];

/** Pairs of one person, the anchor first, with the negatives that the condition allows. */
function allowed(condition: (near: number, far: number) => boolean): Map<string, number[]> {
  const pairs = everybody.flatMap((a) =>
    everybody
      .filter((p) => p > a && LABELS[p] === LABELS[a])
      .map((p): [string, number[]] => [
        `${a},${p}`,
        everybody.filter((n) => LABELS[n] !== LABELS[a] && condition(d2(a, p), d2(a, n))),
      ]),
  );
  return new Map(pairs.filter(([, negatives]) => negatives.length > 0));
}

it.each(TRIPLET_CHOICES)('%s: every triplet is of one person twice and another once', (choice) => {
  const triplets = select(choice);
  expect(triplets.length).toBeGreaterThan(3);
  for (const { anchor, positive, negative } of triplets) {
    expect(anchor).not.toBe(positive);
    expect(LABELS[anchor]).toBe(LABELS[positive]);
    expect(LABELS[anchor]).not.toBe(LABELS[negative]);
  }
});

it('hard: each anchor with its farthest positive and nearest negative; a single person has none', () => {
  const triplets = select('hard');
  expect(triplets.map(({ anchor }) => anchor)).toEqual(everybody.filter((row) => row !== 7));
  for (const { anchor, positive, negative } of triplets) {
    const same = everybody.filter((row) => row !== anchor && LABELS[row] === LABELS[anchor]);
    const others = everybody.filter((row) => LABELS[row] !== LABELS[anchor]);
    expect(d2(anchor, positive)).toBe(Math.max(...same.map((row) => d2(anchor, row))));
    expect(d2(anchor, negative)).toBe(Math.min(...others.map((row) => d2(anchor, row))));
  }
});

describe.each([
  ['semi-hard', (near: number, far: number) => far > near && far < near + MARGIN],
  ['inside-margin', (near: number, far: number) => far < near + MARGIN],
] as const)('%s', (choice, condition) => {
  it('takes each pair that has an allowed negative, once, with one of those', () => {
    const pairs = allowed(condition);
    const triplets = select(choice);
    expect(triplets.map(({ anchor, positive }) => `${anchor},${positive}`)).toEqual([...pairs.keys()]);
    for (const { anchor, positive, negative } of triplets)
      expect(pairs.get(`${anchor},${positive}`)).toContain(negative);
  });

  it('over many seeds takes every allowed negative', () => {
    const seen = new Map([...allowed(condition).keys()].map((pair) => [pair, new Set<number>()]));
    for (let seed = 0; seed < 200; seed++)
      for (const { anchor, positive, negative } of select(choice, seed))
        seen.get(`${anchor},${positive}`)!.add(negative);
    for (const [pair, negatives] of allowed(condition)) expect([...seen.get(pair)!].sort()).toEqual(negatives.sort());
  });
});

it('squared distances are those of every pair', () => {
  const distances = squaredDistances(EMBEDDINGS, N);
  everybody.forEach((a) => everybody.forEach((b) => expect(distances[a * N + b]).toBeCloseTo(d2(a, b), 12)));
});
