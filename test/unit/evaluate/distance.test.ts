import { describe, expect, test } from 'vitest';
import { meanOfPairs, pairDistances } from '../../../src/evaluate/distance';

// Rows: east, north, west, north-east (not of length 1).
const table = { rows: 4, columns: 2, data: Float32Array.of(1, 0, 0, 1, -1, 0, 3, 3) };
const pairs = { a: Int32Array.of(0, 0, 0, 0), b: Int32Array.of(0, 1, 2, 3) };

describe('of a vector to itself, to one across, to its opposite, and to a longer one', () => {
  test('the Euclidean distance is squared', () => {
    expect([...pairDistances(table, pairs, 'euclidean', null)]).toEqual([0, 2, 4, 13]);
  });

  test('the angle is a share of a half turn, whatever the lengths', () => {
    const angles = pairDistances(table, pairs, 'cosine', null);
    for (const [i, share] of [0, 1 / 2, 1, 1 / 4].entries()) expect(angles[i]).toBeCloseTo(share, 12);
  });
});

test('a mean is taken off both embeddings first', () => {
  // East and north seen from (−1, 0): (2, 0) and (1, 1), an eighth of a turn apart; their difference stays.
  const mean = Float64Array.of(-1, 0);
  const pair = { a: Int32Array.of(0), b: Int32Array.of(1) };
  expect(pairDistances(table, pair, 'cosine', mean)[0]).toBeCloseTo(1 / 4, 12);
  expect(pairDistances(table, pair, 'euclidean', mean)[0]).toBe(2);
});

test('the mean is over both embeddings of the pairs that count, as often as they occur', () => {
  // East, east, east, north-east of pairs 0 and 3.
  expect([...meanOfPairs(table, pairs, (pair) => pair % 3 === 0)]).toEqual([(1 + 1 + 1 + 3) / 4, 3 / 4]);
});
