import { expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import { createPairKernel, QUERIES, type PairNumbers } from '../../../../src/core/search/pairKernel';

const { fround: single, max } = Math;

/** Whether a pair is near, by the formula in single precision. */
function isNear(row: PairNumbers, query: PairNumbers, dot: number, slack: number): boolean {
  const byCodes = single(single(single(2 * query.scale) * single(row.scale)) * dot);
  const byRest = single(single(2 * query.rest) * single(row.rest));
  const apart = single(single(single(single(query.norm) + single(row.norm)) - byCodes) - byRest);
  const reach = max(single(query.reach), single(row.reach));
  return apart <= single(single(single(reach * single(query.inverse)) * single(row.inverse)) + single(slack));
}

test.each([16, 64, 192, 512])(
  '%i numbers a row: the dot products of a plain sum, and the rows that are near',
  (size) => {
    const kernel = createPairKernel(size);
    const random = mulberry32(size);
    const codes = (rows: number): Int8Array =>
      Int8Array.from({ length: rows * size }, (_, i) => (i < 2 * size ? -128 : Math.floor(256 * random()) - 128));
    const dot = (a: Int8Array, i: number, b: Int8Array, j: number): number => {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += a[i * size + k]! * b[j * size + k]!;
      return sum;
    };
    const scale = 1 / (74 * Math.sqrt(size));
    const draw = (): PairNumbers => ({
      norm: 1 + 0.2 * random(),
      scale: scale * (0.8 + 0.4 * random()),
      rest: random() / 3,
      reach: 0.7 + 0.8 * random(),
      inverse: 0.9 + 0.4 * random(),
    });
    for (const count of [1, 7, kernel.rows]) {
      const rows = codes(count);
      const ofRows = Array.from({ length: count }, draw);
      kernel.setRows(rows);
      for (const [row, numbers] of ofRows.entries()) kernel.setRow(row, { ...numbers, reach: 0 });
      for (const [row, { reach }] of ofRows.entries()) kernel.setReach(row, reach);
      for (let pass = 0; pass < 2; pass++) {
        const queries = codes(QUERIES);
        const ofQueries = Array.from({ length: QUERIES }, draw);
        kernel.setQueries(queries);
        for (const [query, numbers] of ofQueries.entries()) kernel.setQuery(query, numbers);
        const found = [...kernel.near(0.01)];
        const dots = Array.from({ length: count * QUERIES }, (_, at) =>
          dot(rows, Math.floor(at / QUERIES), queries, at % QUERIES),
        );
        expect([...kernel.dots.subarray(0, count * QUERIES)]).toEqual(dots);
        const near = ofRows.flatMap((row, r) =>
          ofQueries.some((query, q) => isNear(row, query, dots[QUERIES * r + q]!, 0.01)) ? [r] : [],
        );
        expect(found).toEqual(near);
        if (count > 7) expect(near.length / count).toBeGreaterThan(0.02);
        if (count > 7) expect(near.length / count).toBeLessThan(0.98);
      }
    }
  },
);

test('no rows are near', () => {
  const kernel = createPairKernel(16);
  kernel.setRows(new Int8Array(0));
  expect(kernel.near(10)).toHaveLength(0);
});
