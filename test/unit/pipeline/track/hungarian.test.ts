import { expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import { assign } from '../../../../src/pipeline/track/hungarian';

const total = (cost: readonly (readonly number[])[], columns: readonly number[]): number =>
  columns.reduce((sum, column, row) => sum + (column < 0 ? 0 : cost[row]![column]!), 0);

/** Least cost over all ways to give each row its own column, or each column its own row. */
function bruteForce(cost: readonly (readonly number[])[]): number {
  const [rows, columns] = [cost.length, cost[0]!.length];
  if (rows > columns) return bruteForce(cost[0]!.map((_, c) => cost.map((row) => row[c]!)));
  const rest = (row: number, left: readonly number[]): number =>
    row === rows
      ? 0
      : Math.min(
          ...left.map(
            (c) =>
              cost[row]![c]! +
              rest(
                row + 1,
                left.filter((other) => other !== c),
              ),
          ),
        );
  return rest(0, [...Array(columns).keys()]);
}

test('the cost is the least of all permutations, for wide, square and tall tables', () => {
  const random = mulberry32(11);
  for (let i = 0; i < 200; i++) {
    const [rows, columns] = [1 + Math.floor(random() * 6), 1 + Math.floor(random() * 6)];
    // Whole numbers now and then, so that ties are met.
    const cell = (): number => (i % 2 ? random() * 2 - 1 : Math.floor(random() * 4));
    const cost = Array.from({ length: rows }, () => Array.from({ length: columns }, cell));
    const found = assign(cost);
    const used = found.filter((column) => column >= 0);
    expect(used).toHaveLength(Math.min(rows, columns));
    expect(new Set(used).size).toBe(used.length);
    expect(total(cost, found)).toBeCloseTo(bruteForce(cost), 9);
  }
});

test('a greedy choice that costs more in all is not taken', () => {
  const cost = [[1, 2], [1, 9]]; // prettier-ignore
  expect(assign(cost)).toEqual([1, 0]);
});

test('no rows and no columns give nothing', () => {
  expect(assign([])).toEqual([]);
  expect(assign([[], []])).toEqual([-1, -1]);
});
