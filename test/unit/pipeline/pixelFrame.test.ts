import { expect, test } from 'vitest';
import type { RgbaImage } from '../../../src/core/types';
import { clipBox, overWhite, pixelFrame, reducedSize } from '../../../src/pipeline/pixelFrame';

/** Red tells the column, green the row. */
function grid(width: number, height: number): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) data.set([i % width, Math.floor(i / width), 7, 255], i * 4);
  return { width, height, data };
}

test('a region is rounded outwards, clipped to the picture, and says where it starts', () => {
  const part = pixelFrame(grid(20, 10)).region({ x0: 3.7, y0: -5, x1: 6.2, y1: 2.5 });
  expect([part.x0, part.y0, part.width, part.height]).toEqual([3, 0, 4, 3]);
  expect([...part.data.subarray(0, 4)]).toEqual([3, 0, 7, 255]);
  expect([...part.data.subarray(-4)]).toEqual([6, 2, 7, 255]);
});

test('a box that does not meet the picture still gives one pixel of it', () => {
  expect(clipBox({ x0: 50, y0: 50, x1: 60, y1: 60 }, 20, 10)).toEqual({ x0: 19, y0: 9, x1: 20, y1: 10 });
  expect(clipBox({ x0: -9, y0: -9, x1: -3, y1: -3 }, 20, 10)).toEqual({ x0: 0, y0: 0, x1: 1, y1: 1 });
});

test('reducing keeps the shape and the mean, and never enlarges', () => {
  const frame = pixelFrame(grid(100, 60));
  const half = frame.reduced(50);
  expect([half.width, half.height]).toEqual([50, 30]);
  // The middle of a slope stays where it was: columns 40 and 41 give 40.5, rounded.
  expect(Math.abs(half.data[(15 * 50 + 20) * 4]! - 40.5)).toBeLessThanOrEqual(0.5);
  expect(half.data[3]).toBe(255);
  expect(frame.reduced(500).width).toBe(100);
  expect(reducedSize(3000, 2, 1000)).toEqual({ width: 1000, height: 1 });
});

test('transparent pixels become white, half transparent ones half so, and opaque pictures are not copied', () => {
  const image: RgbaImage = {
    width: 3,
    height: 1,
    data: Uint8ClampedArray.from([9, 9, 9, 0, 100, 0, 200, 51, 1, 2, 3, 255]),
  };
  expect([...overWhite(image).data]).toEqual([255, 255, 255, 255, 224, 204, 244, 255, 1, 2, 3, 255]);
  const opaque = grid(4, 4);
  expect(overWhite(opaque)).toBe(opaque);
});
