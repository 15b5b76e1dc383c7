import { expect, it } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import { toPrecision } from '../../../../src/weights/convert/precision';
import { fromFloat16Bits } from '../../../../src/core/float16';

const random = mulberry32(1);
const kernel = { shape: [4, 3, 3, 5], data: Float32Array.from({ length: 180 }, () => random() - 0.5) };
const arrays = new Map([
  ['kernel', kernel],
  ['bias', { shape: [2], data: Float32Array.of(0.1, 1e-9) }],
  ['zero', { shape: [2, 2], data: Float32Array.of(0, 0, 0.25, -0.5) }],
]);

it('leaves one-number-a-channel arrays in float32 in every precision', () => {
  for (const precision of ['float32', 'float16', 'int8'] as const)
    expect(toPrecision(arrays, precision).get('bias')).toEqual({
      dtype: 'float32',
      shape: [2],
      data: Float32Array.of(0.1, 1e-9),
    });
});

it('rounds kernels to float16 within half a unit in the last place', () => {
  const tensor = toPrecision(arrays, 'float16').get('kernel')!;
  tensor.data.forEach((half, i) =>
    expect(Math.abs(fromFloat16Bits(half) - kernel.data[i]!)).toBeLessThanOrEqual(2 ** -13),
  );
});

it('keeps every 8-bit weight within half a step of its channel, the largest at ±127', () => {
  const tensor = toPrecision(arrays, 'int8').get('kernel')!;
  if (tensor.dtype !== 'int8') throw new Error(tensor.dtype);
  for (let o = 0; o < 4; o++) {
    const [scale, codes] = [tensor.scale[o]!, tensor.data.subarray(o * 45, o * 45 + 45)];
    expect(Math.max(...codes.map(Math.abs))).toBe(127);
    codes.forEach((code, i) =>
      expect(Math.abs(code * scale - kernel.data[o * 45 + i]!)).toBeLessThanOrEqual(scale * 0.5001),
    );
  }
});

it('stores a channel of zeros as zeros', () => {
  const scale = Float32Array.of(1, 0.5 / 127);
  expect(toPrecision(arrays, 'int8').get('zero')).toEqual({
    dtype: 'int8',
    shape: [2, 2],
    data: Int8Array.of(0, 0, 64, -127),
    scale,
  });
});

it('keeps the one kernel of FaceNet that bears no 8 bits as float16, in 8-bit files only', () => {
  const name = 'InceptionResnetV1/Conv2d_2a_3x3/weights';
  const only = new Map([[name, kernel]]);
  expect(toPrecision(only, 'int8').get(name)).toEqual(toPrecision(only, 'float16').get(name));
  expect(toPrecision(only, 'float32').get(name)!.dtype).toBe('float32');
});
