import { expect, test } from 'vitest';
import { toFloat32 } from '../../../src/nn/weightValues';

test('half precision: signs, the largest, the smallest, zero and infinity', () => {
  const data = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00, 0x3555);
  const values = toFloat32({ dtype: 'float16', shape: [7], data });
  expect([...values]).toEqual([1, -2, 65504, 2 ** -24, -0, Infinity, Math.fround(0.333251953125)]);
});

test('int8: each output channel has its own scale', () => {
  const weight = { dtype: 'int8', shape: [2, 2], data: Int8Array.of(1, -2, 127, -127), scale: Float32Array.of(2, 0.5) };
  expect([...toFloat32(weight as never)]).toEqual([2, -4, 63.5, -63.5]);
});

test('float32 weights are not copied', () => {
  const data = Float32Array.of(1, 2);
  expect(toFloat32({ dtype: 'float32', shape: [2], data })).toBe(data);
});
