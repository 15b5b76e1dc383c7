import { expect, test } from 'vitest';
import { trainSvm } from '../../../src/classify/linearSvm';
import { madeUpPeople, vectorAt } from './people';

function products(rows: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(rows.flatMap((a) => rows.map((b) => a.reduce((sum, x, k) => sum + x * b[k]!, 1))));
}

test('two points: the plane is half-way, each point at the margin', () => {
  const rows = [
    [1, 0],
    [-1, 0],
  ];
  const signed = trainSvm(products(rows), Int8Array.from([1, -1]), { cost: 10, seed: 1, tolerance: 1e-9 });
  const w = [0, 1].map((k) => rows.reduce((sum, row, i) => sum + signed[i]! * row[k]!, 0));
  expect(w[0]).toBeCloseTo(1, 6);
  expect(w[1]).toBe(0);
  expect(signed[0]! + signed[1]!).toBeCloseTo(0, 6);
});

test.each([0.1, 1, 10])('cost %d: what is reached equals its own lower bound (duality gap)', (cost) => {
  const samples = madeUpPeople(2, 15, { spread: 0.5 });
  const rows = Array.from({ length: samples.count }, (_, i) => [...vectorAt(samples, i)]);
  const signs = Int8Array.from(samples.labels, (label) => (label === 0 ? 1 : -1));
  const signed = trainSvm(products(rows), signs, { cost, seed: 1, tolerance: 1e-8, maxRounds: 20_000 });
  const w = Array.from({ length: samples.size }, (_, k) => rows.reduce((sum, row, i) => sum + signed[i]! * row[k]!, 0));
  const bias = signed.reduce((sum, value) => sum + value, 0);
  const half = 0.5 * (w.reduce((sum, x) => sum + x * x, 0) + bias * bias);
  const hinge = rows.reduce((sum, row, i) => {
    const value = row.reduce((dot, x, k) => dot + x * w[k]!, bias);
    return sum + Math.max(0, 1 - signs[i]! * value);
  }, 0);
  const primal = half + cost * hinge;
  const dual = signed.reduce((sum, value) => sum + Math.abs(value), 0) - half;
  expect(primal - dual).toBeLessThan(1e-4 * primal);
  for (const [i, value] of signed.entries()) {
    expect(signs[i]! * value).toBeGreaterThanOrEqual(0);
    expect(signs[i]! * value).toBeLessThanOrEqual(cost + 1e-12);
  }
});
