import { expect, test } from 'vitest';
import { logisticObjective, trainLogistic } from '../../../src/classify/logistic';
import { mulberry32 } from '../../../src/core/random';
import { madeUpPeople } from './people';

test('the gradient is that of finite differences', () => {
  const samples = madeUpPeople(3, 4, { size: 5 });
  const random = mulberry32(4);
  const x = Float64Array.from({ length: 3 * 6 }, () => random() - 0.5);
  const objective = logisticObjective(samples, 2);
  const gradient = new Float64Array(x.length);
  objective(x, gradient);
  const h = 1e-6;
  for (let i = 0; i < x.length; i++) {
    const at = (delta: number): number =>
      objective(
        x.map((value, j) => (j === i ? value + delta : value)),
        new Float64Array(x.length),
      );
    expect(gradient[i]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 5);
  }
});

test('what is trained lies at the bottom: no small step in any direction is lower', () => {
  const samples = madeUpPeople(4, 6, { spread: 0.4 });
  const found = Float64Array.from(trainLogistic(samples, 10));
  const objective = logisticObjective(samples, 10);
  const value = objective(found, new Float64Array(found.length));
  const random = mulberry32(5);
  for (let tries = 0; tries < 50; tries++) {
    const moved = found.map((x) => x + 0.05 * (random() - 0.5));
    expect(objective(moved, new Float64Array(found.length))).toBeGreaterThan(value - 1e-4);
  }
});
