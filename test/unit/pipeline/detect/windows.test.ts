import { expect, test } from 'vitest';
import type { RgbaImage } from '../../../../src/core/types';
import { integralsOf, type Integral } from '../../../../src/pipeline/detect/integral';
import { isInside, windowInput } from '../../../../src/pipeline/detect/windows';

const white: RgbaImage = { width: 20, height: 10, data: new Uint8ClampedArray(800).fill(255) };
const [picture] = integralsOf([white]) as [Integral];
const box = (x0: number, y0: number, x1: number, y1: number) => ({ x0, y0, x1, y1, score: 1 });

test('pixels 1 to 4 are the first four, and what lies beyond the picture is black', () => {
  const out = new Float32Array(1 + 2 * 2 * 3).fill(9);
  windowInput(picture, box(-3.9, 1, 4.2, 4), 2, out, 1);
  const [bright, dark] = [127.5 / 128, -127.5 / 128];
  // Columns −3 … 4: the left half is outside.
  expect(out[0]).toBe(9);
  expect(out[1]).toBeCloseTo(dark);
  expect(out[4]).toBeCloseTo(bright);
  expect(out[12]).toBeCloseTo(bright);
});

test('a candidate counts as inside as soon as one pixel is', () => {
  expect(isInside(picture, box(20, 10, 30, 30))).toBe(true);
  expect(isInside(picture, box(21, 10, 30, 30))).toBe(false);
  expect(isInside(picture, box(-9, 1, 1, 5))).toBe(true);
  expect(isInside(picture, box(-9, 1, 0, 5))).toBe(false);
  expect(isInside(picture, box(5, 5, 4.5, 9))).toBe(false);
});
