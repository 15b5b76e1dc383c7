import { expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import { encodeRows } from '../../../../src/core/search/codes';

test('a row lies as far from its code as is said, and its code is as long as is said', () => {
  const [size, count] = [37, 5];
  const random = mulberry32(2);
  const vectors = Float32Array.from({ length: size * count }, () => random() - 0.5);
  const { codes, stride, scales, errors, norms } = encodeRows(vectors, size);
  expect(stride).toBe(48);
  for (let row = 0; row < count; row++) {
    const coded = [...codes.subarray(row * stride, (row + 1) * stride)].map((code) => code * scales[row]!);
    const own = vectors.subarray(row * size, (row + 1) * size);
    expect(Math.hypot(...coded.map((value, k) => value - (own[k] ?? 0)))).toBeCloseTo(errors[row]!, 12);
    expect(coded.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(norms[row]!, 12);
    expect(errors[row]!).toBeLessThan(0.01);
  }
});

test('zeros have codes of zero and no error', () => {
  expect(encodeRows(new Float32Array(3), 3)).toMatchObject({
    count: 1,
    errors: Float64Array.of(0),
    norms: Float64Array.of(0),
  });
});
