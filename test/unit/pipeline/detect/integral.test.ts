import { expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import type { RgbaImage } from '../../../../src/core/types';
import { areaResize, integralOf } from '../../../../src/pipeline/detect/integral';

function noise(width: number, height: number): RgbaImage {
  const random = mulberry32(5);
  return { width, height, data: Uint8ClampedArray.from({ length: width * height * 4 }, () => random() * 256) };
}

/** Adaptive average pooling by its definition. */
function pooled(image: RgbaImage, [x0, y0, x1, y1]: readonly number[], width: number, height: number): number[] {
  const out: number[] = [];
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++)
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        let n = 0;
        for (let y = Math.floor((j * (y1! - y0!)) / height); y < Math.ceil(((j + 1) * (y1! - y0!)) / height); y++)
          for (let x = Math.floor((i * (x1! - x0!)) / width); x < Math.ceil(((i + 1) * (x1! - x0!)) / width); x++, n++)
            sum += image.data[((y0! + y) * image.width + x0! + x) * 4 + c]!;
        out.push(sum / n);
      }
  return out;
}

test.each([
  ['the whole picture, reduced', [0, 0, 40, 31], 13, 10],
  ['a box, reduced', [3, 5, 33, 30], 7, 24],
  ['a small box, enlarged', [10, 10, 15, 13], 24, 24],
])('%s: each number is the mean of the whole pixels it covers, at its place in the output', (_, box, width, height) => {
  const image = noise(40, 31);
  const [x0, y0, x1, y1] = box as [number, number, number, number];
  const stride = width * 3 + 5;
  const out = new Float32Array(stride * height + 2).fill(7);
  areaResize(integralOf(image), { x0, y0, x1, y1 }, width, height, out, { at: 2, stride }, 0.5, -3);
  const expected = pooled(image, box, width, height);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const at = 2 + Math.floor(i / (width * 3)) * stride + (i % (width * 3));
    worst = Math.max(worst, Math.abs(out[at]! - (expected[i]! * 0.5 - 3)));
  }
  expect(worst).toBeLessThan(1e-4);
  expect([out[0], out[1], out[2 + width * 3]]).toEqual([7, 7, 7]);
});

test('memory handed in is used again, whatever was in it', () => {
  const memory = new Int32Array(41 * 32 * 3).fill(99);
  const image = noise(30, 20);
  const { sums } = integralOf(image, memory);
  expect(sums).toBe(memory);
  expect(sums.subarray(0, 31 * 21 * 3)).toEqual(integralOf(image).sums);
});

test('means stay right where the sums have wrapped round', () => {
  const image: RgbaImage = { width: 3000, height: 3000, data: new Uint8ClampedArray(36e6).fill(255) };
  const out = new Float32Array(12);
  const box = { x0: 2000, y0: 2900, x1: 3000, y1: 3000 };
  areaResize(integralOf(image), box, 2, 2, out, { at: 0, stride: 6 }, 1, 0);
  expect(out.every((value) => Math.abs(value - 255) < 1e-4)).toBe(true);
});
