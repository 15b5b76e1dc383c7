import { expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import { cosine, l2Normalise, stackRows } from '../../../../src/core/vectors';
import { fitMap, mapRows } from '../../../../src/evaluate/cohort/linearMap';

const COLUMNS = 6;
const random = mulberry32(2);
const directions = (count: number) =>
  Array.from({ length: count }, () => l2Normalise(Float32Array.from({ length: COLUMNS }, () => random() - 0.5)));
const table = (rows: readonly Float32Array[]) => ({ rows: rows.length, columns: COLUMNS, data: stackRows(rows) });
/** The first two coordinates rotated by 40 degrees. */
const rotated = ([x, y, ...rest]: Float32Array) => {
  const [cos, sin] = [Math.cos(0.7), Math.sin(0.7)];
  return Float32Array.of(cos * x! - sin * y!, sin * x! + cos * y!, ...rest);
};

test('a map fitted to rotated rows rotates others too', () => {
  const before = directions(60);
  const map = fitMap(table(before), table(before.map(rotated)), 1e-9);
  for (const row of directions(5)) {
    const mapped = mapRows(map, row);
    expect(cosine(mapped, rotated(row))).toBeGreaterThan(0.999999);
    expect(Math.hypot(...mapped)).toBeCloseTo(1, 6);
  }
});

test('rows that did not move give the identity, as does a large ridge', () => {
  const before = directions(10);
  const [row] = directions(1) as [Float32Array];
  const same = fitMap(table(before), table(before), 1e-3);
  expect(same.change.every((value) => value === 0)).toBe(true);
  expect(cosine(mapRows(fitMap(table(before), table(before.map(rotated)), 1e6), row), row)).toBeGreaterThan(0.999999);
});

test('directions without data are not changed', () => {
  const onlyFirst = [Float32Array.of(1, 0, 0, 0, 0, 0)];
  const map = fitMap(table(onlyFirst), table([Float32Array.of(0, 1, 0, 0, 0, 0)]), 1e-6);
  expect([...mapRows(map, Float32Array.of(0, 0, 1, 0, 0, 0))]).toEqual([0, 0, 1, 0, 0, 0]);
});
