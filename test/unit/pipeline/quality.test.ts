import { expect, test } from 'vitest';
import type { FaceCrop } from '../../../src/core/types';
import { faceQuality } from '../../../src/pipeline/quality';

function crop(level: (x: number, y: number) => number): FaceCrop {
  const size = 32;
  const data = new Float32Array(size * size * 3);
  for (let i = 0; i < size * size; i++) data.fill(level(i % size, Math.floor(i / size)), i * 3, i * 3 + 3);
  return { size, data };
}
const box = { x0: 10, y0: 20, x1: 60, y1: 100 };

test('the size is the shorter side of the box', () => {
  expect(
    faceQuality(
      box,
      crop(() => 0),
    ).size,
  ).toBe(50);
});

test('an even crop has no sharpness, and its brightness is its level', () => {
  const { sharpness, brightness } = faceQuality(
    box,
    crop(() => 90),
  );
  expect(sharpness).toBeCloseTo(0, 5);
  expect(brightness).toBeCloseTo(90, 3);
});

test('a fine pattern is sharp, and the same pattern washed out is less so by its square', () => {
  const fine = (contrast: number) =>
    faceQuality(
      box,
      crop((x, y) => 128 + contrast * ((x + y) % 2 ? 1 : -1)),
    ).sharpness;
  // Each pixel differs from its four neighbours by 2 · contrast.
  expect(fine(10)).toBeCloseTo(80 ** 2, 0);
  expect(fine(5)).toBeCloseTo(40 ** 2, 0);
});

test('grey levels weigh green most, as the eye does', () => {
  const green = crop(() => 0);
  for (let i = 1; i < green.data.length; i += 3) green.data[i] = 100;
  expect(faceQuality(box, green).brightness).toBeCloseTo(58.7, 3);
});
