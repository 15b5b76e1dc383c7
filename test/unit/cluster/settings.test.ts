import { expect, test } from 'vitest';
import { asOfSingles, linkLimit } from '../../../src/cluster/settings';
import { RATES } from './faces';

test('the more groups, the smaller the distance, within bounds', () => {
  const rateAt = (groups: number): number => RATES.farAt(linkLimit(RATES, groups));
  expect(rateAt(1)).toBeCloseTo(0.0044, 12);
  expect(rateAt(100)).toBeCloseTo(0.0044, 12);
  expect(rateAt(2000)).toBeCloseTo(0.00008, 12);
  expect(rateAt(100_000)).toBeCloseTo(0.00008, 12);
  // In the middle of the logarithms.
  expect(rateAt(Math.sqrt(100 * 2000)) ** 2).toBeCloseTo(0.0044 * 0.00008, 12);
});

test('a face may be further from a large group than from another face; two large groups must be nearer', () => {
  expect(asOfSingles(0.8, 1, 1)).toBeCloseTo(0.8, 12);
  expect(asOfSingles(0.8, 10, 1)).toBeLessThan(asOfSingles(0.8, 1, 2));
  expect(asOfSingles(0.8, 1, 2)).toBeLessThan(0.8);
  expect(asOfSingles(0.8, 10, 10)).toBeCloseTo(Math.sqrt(0.64 + 0.05 * 0.9), 12);
  expect(asOfSingles(0, 1, 9)).toBe(0);
});
