import { expect, test } from 'vitest';
import { minimise } from '../../../src/classify/lbfgs';

test('finds the bottom of Rosenbrock’s valley', () => {
  const found = minimise(
    ([a = 0, b = 0], gradient) => {
      gradient[0] = -400 * a * (b - a * a) - 2 * (1 - a);
      gradient[1] = 200 * (b - a * a);
      return 100 * (b - a * a) ** 2 + (1 - a) ** 2;
    },
    Float64Array.from([-1.2, 1]),
    { tolerance: 1e-8, maxRounds: 500 },
  );
  expect(found[0]).toBeCloseTo(1, 5);
  expect(found[1]).toBeCloseTo(1, 5);
});

test('a bowl ten thousand times as steep one way as the other is no trouble', () => {
  const found = minimise(
    ([a = 0, b = 0], gradient) => {
      [gradient[0], gradient[1]] = [a - 3, 1e4 * (b + 2)];
      return 0.5 * (a - 3) ** 2 + 5e3 * (b + 2) ** 2;
    },
    new Float64Array(2),
    { tolerance: 1e-9, maxRounds: 100 },
  );
  expect([...found]).toEqual([expect.closeTo(3, 6), expect.closeTo(-2, 6)]);
});

test('a start at the bottom stays', () => {
  const flat = (_: Float64Array, gradient: Float64Array) => gradient.fill(0).length;
  expect([...minimise(flat, Float64Array.of(5), { tolerance: 1e-6, maxRounds: 10 })]).toEqual([5]);
});
