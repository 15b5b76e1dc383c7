import { expect, test } from 'vitest';
import { auc, countsBelow, equalErrorRate } from '../../../src/evaluate/roc';

test('a distance is accepted below a threshold, not at it', () => {
  const counts = countsBelow(Float64Array.of(0.1, 0.2, 0.2, 0.5), Float64Array.of(0, 0.1, 0.2, 0.3, 1));
  expect([...counts]).toEqual([0, 0, 1, 3, 4]);
});

// From (0, 0) by (.2, .6) and (.4, .9) to (1, 1).
const roc = { tpr: Float64Array.of(0, 0.6, 0.9), far: Float64Array.of(0, 0.2, 0.4) };

test('the area is that of the trapezia under the points', () => {
  expect(auc(roc)).toBeCloseTo(0.2 * 0.3 + 0.2 * 0.75 + 0.6 * 0.95, 12);
});

test('the equal error rate lies between two points: .28 of different pairs accepted, .28 of same ones refused', () => {
  // Between the last two tpr = .6 + 1.5 · (far − .2), and 1 − tpr = far at far = .7 / 2.5.
  expect(equalErrorRate(roc)).toBeCloseTo(0.28, 12);
});

test('pairs that are separated perfectly have an area of 1 and no error; guessing has one half of each', () => {
  const perfect = { tpr: Float64Array.of(0, 1, 1), far: Float64Array.of(0, 0, 1) };
  expect([auc(perfect), equalErrorRate(perfect)]).toEqual([1, 0]);
  const guess = { tpr: Float64Array.of(0, 1), far: Float64Array.of(0, 1) };
  expect([auc(guess), equalErrorRate(guess)]).toEqual([0.5, 0.5]);
});
