import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import type { Box, RgbaImage } from '../../../src/core/types';
import { resample } from '../../../src/pipeline/resample';

function noise(width: number, height: number): RgbaImage {
  const random = mulberry32(7);
  return { width, height, data: Uint8ClampedArray.from({ length: width * height * 4 }, () => random() * 256) };
}

/** The definition, two-dimensional and slow: the weighted mean over all pixels that the filter reaches. */
function reference(image: RgbaImage, box: Box, width: number, height: number, cut: boolean): number[] {
  const sx = (box.x1 - box.x0) / width;
  const sy = (box.y1 - box.y0) / height;
  const [rx, ry] = [Math.max(sx, 1), Math.max(sy, 1)];
  const out: number[] = [];
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++)
      for (let c = 0; c < 3; c++) {
        const [cx, cy] = [box.x0 + (i + 0.5) * sx, box.y0 + (j + 0.5) * sy];
        let sum = 0;
        let total = 0;
        for (let y = Math.floor(cy - ry) - 1; y <= cy + ry + 1; y++)
          for (let x = Math.floor(cx - rx) - 1; x <= cx + rx + 1; x++) {
            if (cut && (x < box.x0 || y < box.y0 || x >= box.x1 || y >= box.y1)) continue;
            const weight = Math.max(0, 1 - Math.abs(x + 0.5 - cx) / rx) * Math.max(0, 1 - Math.abs(y + 0.5 - cy) / ry);
            const inside = x >= 0 && y >= 0 && x < image.width && y < image.height;
            total += weight;
            if (inside) sum += weight * image.data[(y * image.width + x) * 4 + c]!;
          }
        out.push(sum / total);
      }
  return out;
}

function largestError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
}

describe('resample', () => {
  const image = noise(37, 29);

  test.each([
    ['reduced', { x0: 2, y0: 3, x1: 35, y1: 27 }, 7, 5],
    ['enlarged', { x0: 10, y0: 8, x1: 15, y1: 14 }, 16, 13],
    ['at its own size', { x0: 4, y0: 4, x1: 12, y1: 12 }, 8, 8],
  ])('a box inside, %s, is the antialiased bilinear mean of its own pixels only', (_, box, width, height) => {
    const got = resample(image, box, width, height, 'cut');
    expect(largestError(got, reference(image, box, width, height, true))).toBeLessThan(1e-3);
  });

  test('a box of fractions that reaches beyond the picture sees black there and its surroundings elsewhere', () => {
    const box = { x0: -9.3, y0: 20.2, x1: 20.6, y1: 41.7 };
    const got = resample(image, box, 11, 9, 'black');
    expect(largestError(got, reference(image, box, 11, 9, false))).toBeLessThan(1e-3);
  });

  test('a box wholly beyond the picture is black', () => {
    const got = resample(image, { x0: 50, y0: 50, x1: 80, y1: 80 }, 4, 4, 'black');
    expect(got.every((value) => value === 0)).toBe(true);
  });
});
