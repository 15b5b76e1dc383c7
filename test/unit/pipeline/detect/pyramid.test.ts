import { expect, test } from 'vitest';
import { pictureLevelSize, pyramidFor, searchedMinSize } from '../../../../src/pipeline/detect/pyramid';

test('the scales are the original ones: from 12 / minimum size down by the factor while a window fits', () => {
  const { scales } = pyramidFor(640, 480, 40, 0.709);
  expect(scales[0]).toBeCloseTo(0.3);
  expect(scales[1]).toBeCloseTo(0.3 * 0.709);
  expect(scales).toHaveLength(8);
  expect(480 * scales.at(-1)!).toBeGreaterThanOrEqual(12);
  expect(480 * scales.at(-1)! * 0.709).toBeLessThan(12);
});

test('pictures are rounded up to few frame sizes, never down, and camera sizes fit exactly', () => {
  expect(pyramidFor(640, 480, 20, 0.709)).toMatchObject({ width: 640, height: 480 });
  expect(pyramidFor(1280, 720, 20, 0.709)).toMatchObject({ width: 1280, height: 720 });
  const sizes = new Set<string>();
  for (let side = 64; side <= 1600; side++) {
    const { width } = pyramidFor(side, 100, 20, 0.709);
    expect(width).toBeGreaterThanOrEqual(side);
    expect(width).toBeLessThan(side * 1.51);
    sizes.add(String(width));
  }
  expect(sizes.size).toBeLessThanOrEqual(20);
});

test('a picture smaller than the least face has no levels, and none in a frame larger than itself', () => {
  expect(pyramidFor(64, 64, 300, 0.709).scales).toEqual([]);
  expect(pictureLevelSize({ width: 65, height: 65 }, 12 / 80)).toEqual({ width: 0, height: 0 });
  expect(pictureLevelSize({ width: 250, height: 100 }, 0.3)).toEqual({ width: 76, height: 31 });
});

test('a minimum in pixels is kept on a picture searched at its own size', () => {
  expect(searchedMinSize({ minSize: 33 }, 480, 1)).toBe(33);
});

test('a share of the shorter side becomes pixels, at most a tenth less, and nearby sides give the same', () => {
  const pixels = searchedMinSize({ minSize: 0.1 }, 480, 1);
  expect(pixels).toBeGreaterThan(48 / 1.1);
  expect(pixels).toBeLessThanOrEqual(48);
  expect(searchedMinSize({ minSize: 0.1 }, 483, 1)).toBe(pixels);
  expect(searchedMinSize({ minSize: 0.01 }, 480, 1)).toBe(12);
});

test('on a reduced copy the minimum shrinks with it, but not below 20 or what was asked for', () => {
  expect(searchedMinSize({ minSize: 20 }, 3000, 0.4)).toBe(20);
  expect(searchedMinSize({ minSize: 15 }, 3000, 0.4)).toBe(15);
  const pixels = searchedMinSize({ minSize: 100 }, 3000, 0.4);
  expect(pixels).toBeGreaterThan(40 / 1.1);
  expect(pixels).toBeLessThanOrEqual(40);
});
