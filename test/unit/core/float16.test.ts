import { describe, expect, it } from 'vitest';
import { decodeFloat16, encodeFloat16, fromFloat16Bits, toFloat16Bits } from '../../../src/core/float16';

describe('float16', () => {
  it('gives every one of the 65,536 half-precision numbers back unchanged', () => {
    for (let half = 0; half < 65_536; half++) {
      const value = fromFloat16Bits(half);
      if (Number.isNaN(value)) expect(Number.isNaN(fromFloat16Bits(toFloat16Bits(value)))).toBe(true);
      else if (toFloat16Bits(value) !== half)
        expect.fail(`0x${half.toString(16)} became 0x${toFloat16Bits(value).toString(16)}`);
    }
  });

  it('rounds what lies between two numbers to the nearer, and half way to the even one', () => {
    for (let half = 0; half < 0x7bff; half++) {
      const [low, high] = [fromFloat16Bits(half), fromFloat16Bits(half + 1)];
      const middle = (low + high) / 2; // exact in float32: 11 bits
      const step = (high - low) / 64;
      const even = half % 2 === 0 ? half : half + 1;
      const got = [middle - step, middle + step, middle, -middle].map(toFloat16Bits).join();
      if (got !== [half, half + 1, even, 0x8000 | even].join()) expect.fail(`around ${middle}: ${got}`);
    }
  });

  it.each([
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [1e30, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -25, 0],
    [1e-40, 0],
  ])('encodes %d as %d', (value, half) => {
    expect(toFloat16Bits(value)).toBe(half);
  });

  it('encodes and decodes arrays', () => {
    const halves = encodeFloat16(Float32Array.of(0.1, -3, 1000.4));
    expect([...decodeFloat16(halves)]).toEqual([0.0999755859375, -3, 1000.5]);
  });
});
