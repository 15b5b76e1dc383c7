import { expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import { createPairKernel, QUERIES } from '../../../../src/core/search/pairKernel';

test.each([16, 48, 192, 512])('%i numbers a row: the dot products of a plain sum, extremes too', (size) => {
  const kernel = createPairKernel(size);
  const random = mulberry32(size);
  const codes = (rows: number): Int8Array =>
    Int8Array.from({ length: rows * size }, (_, i) => (i < 2 * size ? -128 : Math.floor(256 * random()) - 128));
  const dot = (a: Int8Array, i: number, b: Int8Array, j: number): number => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += a[i * size + k]! * b[j * size + k]!;
    return sum;
  };
  for (const count of [1, 7, kernel.rows]) {
    const rows = codes(count);
    kernel.setRows(rows);
    for (let pass = 0; pass < 2; pass++) {
      const queries = codes(QUERIES);
      const expected = Array.from({ length: count * QUERIES }, (_, at) =>
        dot(rows, Math.floor(at / QUERIES), queries, at % QUERIES),
      );
      expect([...kernel.dots(queries)]).toEqual(expected);
    }
  }
});

test('no rows have no dot products', () => {
  const kernel = createPairKernel(16);
  kernel.setRows(new Int8Array(0));
  expect(kernel.dots(new Int8Array(QUERIES * 16))).toHaveLength(0);
});
