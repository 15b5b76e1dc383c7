import { expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import { createDotKernel } from '../../../../src/core/search/dotKernel';

test.each([16, 112, 512])('dot products of bytes are exact, rows of %i', (size) => {
  const kernel = createDotKernel(size);
  const random = mulberry32(size);
  const byte = () => Math.floor(256 * random()) - 128;
  const query = Int8Array.from({ length: size }, byte);
  kernel.setQuery(query);
  for (const count of [kernel.rows, 1, 7]) {
    const rows = Int8Array.from({ length: count * size }, byte);
    const plain = Array.from({ length: count }, (_, row) =>
      query.reduce((sum, code, k) => sum + code * rows[row * size + k]!, 0),
    );
    expect([...kernel.dots(rows)]).toEqual(plain);
  }
});

test('the largest sum there can be does not overflow', () => {
  const kernel = createDotKernel(512);
  kernel.setQuery(new Int8Array(512).fill(-128));
  expect([...kernel.dots(new Int8Array(1024).fill(-128))]).toEqual([8_388_608, 8_388_608]);
});
