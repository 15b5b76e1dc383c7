import { expect, test } from 'vitest';
import { certaintyAmong, certaintyText, strangerRate } from '../../../src/core/certainty';

test('a name among many people is less certain, and none is ever certain', () => {
  expect(certaintyAmong(0.001, 1)).toBeCloseTo(0.999, 12);
  expect(certaintyAmong(0.001, 200)).toBeCloseTo(0.999 ** 200, 12);
  expect(certaintyAmong(0.001, 1000)).toBeLessThan(0.37);
  expect(certaintyAmong(0.001, 1000) + strangerRate(0.001, 1000)).toBeCloseTo(1, 12);
  expect(certaintyAmong(0, 1)).toBeLessThan(1);
  expect(certaintyText(certaintyAmong(0, 1))).toBe('> 99.99 %');
});
