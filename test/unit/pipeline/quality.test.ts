import { expect, test } from 'vitest';
import type { FaceCrop } from '../../../src/core/types';
import { pixelFrame } from '../../../src/pipeline/pixelFrame';
import { faceQuality, lightAndSharpness } from '../../../src/pipeline/quality';

function crop(level: (x: number, y: number) => number): FaceCrop {
  const size = 32;
  const data = new Float32Array(size * size * 3);
  for (let i = 0; i < size * size; i++) data.fill(level(i % size, Math.floor(i / size)), i * 3, i * 3 + 3);
  return { size, data };
}

test('the size is the shorter side of the box; light and sharpness are those within it, whatever lies around', () => {
  const [width, height] = [200, 120];
  const box = { x0: 40, y0: 20, x1: 140, y1: 84 };
  const measured = (around: number) => {
    const data = new Uint8ClampedArray(width * height * 4).fill(around);
    for (let y = box.y0 - 2; y < box.y1 + 2; y++)
      for (let x = box.x0 - 2; x < box.x1 + 2; x++)
        data.fill(x % 16 < 8 ? 148 : 108, 4 * (y * width + x), 4 * (y * width + x) + 3);
    return faceQuality(pixelFrame({ width, height, data }), { box });
  };
  expect(measured(255)).toEqual(measured(0));
  expect(measured(0).size).toBe(64);
  expect(measured(0).brightness).toBeCloseTo(128, -1);
  expect(measured(0).sharpness).toBeGreaterThan(100);
});

test('an even crop has no sharpness, and its brightness is its level', () => {
  const { sharpness, brightness } = lightAndSharpness(crop(() => 90));
  expect(sharpness).toBeCloseTo(0, 5);
  expect(brightness).toBeCloseTo(90, 3);
});

test('a fine pattern is sharp, and the same pattern washed out is less so by its square', () => {
  const fine = (contrast: number) =>
    lightAndSharpness(crop((x, y) => 128 + contrast * ((x + y) % 2 ? 1 : -1))).sharpness;
  // Each pixel differs from its four neighbours by 2 · contrast.
  expect(fine(10)).toBeCloseTo(80 ** 2, 0);
  expect(fine(5)).toBeCloseTo(40 ** 2, 0);
});

test('grey levels weigh green most, as the eye does', () => {
  const green = crop(() => 0);
  for (let i = 1; i < green.data.length; i += 3) green.data[i] = 100;
  expect(lightAndSharpness(green).brightness).toBeCloseTo(58.7, 3);
});
