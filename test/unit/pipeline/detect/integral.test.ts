import { expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import type { RgbaImage } from '../../../../src/core/types';
import { createAreaKernel } from '../../../../src/pipeline/detect/areaKernel';
import { areaResize, integralsOf, type Integral } from '../../../../src/pipeline/detect/integral';

function noise(width: number, height: number): RgbaImage {
  const random = mulberry32(width + height);
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
  areaResize(integralsOf([image])[0]!, { x0, y0, x1, y1 }, width, height, out, { at: 2, stride }, 0.5, -3);
  const expected = pooled(image, box, width, height);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const at = 2 + Math.floor(i / (width * 3)) * stride + (i % (width * 3));
    worst = Math.max(worst, Math.abs(out[at]! - (expected[i]! * 0.5 - 3)));
  }
  expect(worst).toBeLessThan(1e-4);
  expect([out[0], out[1], out[2 + width * 3]]).toEqual([7, 7, 7]);
});

test("pictures searched together, and one after another in the same memory, do not touch each other's sums", () => {
  const kernel = createAreaKernel();
  const whole = (picture: Integral): number[] => {
    const { width, height } = picture;
    const out = new Float32Array(width * height * 3);
    areaResize(
      picture,
      { x0: 0, y0: 0, x1: width, y1: height },
      width,
      height,
      out,
      { at: 0, stride: width * 3 },
      1,
      0,
    );
    return [...out];
  };
  const pixels = ({ data }: RgbaImage): number[] => [...data].filter((_, i) => i % 4 !== 3);
  for (const images of [[noise(61, 47), noise(200, 301), noise(3, 2)], [noise(37, 20)]])
    expect(integralsOf(images, kernel).map(whole)).toEqual(images.map(pixels));
});

test('means stay right where the sums have wrapped round', () => {
  const image: RgbaImage = { width: 3000, height: 3000, data: new Uint8ClampedArray(36e6).fill(255) };
  const out = new Float32Array(12);
  const box = { x0: 2000, y0: 2900, x1: 3000, y1: 3000 };
  areaResize(integralsOf([image])[0]!, box, 2, 2, out, { at: 0, stride: 6 }, 1, 0);
  expect(out.every((value) => Math.abs(value - 255) < 1e-4)).toBe(true);
});
