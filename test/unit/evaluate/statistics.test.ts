import { expect, test } from 'vitest';
import { confidenceInterval, mean, std } from '../../../src/evaluate/statistics';

test('mean, deviation over all values, and Student’s interval', () => {
  const values = [2, 4, 4, 4, 5, 5, 7, 9];
  expect(mean(values)).toBe(5);
  expect(std(values)).toBe(2);
  // s = √(32 / 7) = 2.13809, t of 7 degrees = 2.365: 5 ± 2.365 · 2.13809 / √8
  const [low, high] = confidenceInterval(values);
  expect(low).toBeCloseTo(3.2122, 4);
  expect(high).toBeCloseTo(6.7878, 4);
});

test('one value has no interval round it', () => {
  expect(confidenceInterval([0.5])).toEqual([0.5, 0.5]);
});
