import { expect, it } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import { augment, rotated } from '../../../src/train/augment';
import { DEFAULT_CONFIG, type AugmentConfig } from '../../../src/train/config/config';
import { largestError, randomNumbers } from '../../fixtures/randomWeights';

const NONE = DEFAULT_CONFIG.augment;
const crop = { size: 12, data: randomNumbers(12 * 12 * 3, 1, 0, 255) };
const run = (config: Partial<AugmentConfig>, random: () => number = mulberry32(5), size = 8) => {
  const out = new Float32Array(size * size * 3);
  augment(crop, size, { ...NONE, ...config }, random, out);
  return out;
};
/** The window at (x0, y0), standardised, flipped if asked. */
const window = (x0: number, y0: number, flipped = false, size = 8) =>
  Float32Array.from({ length: size * size * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size), i % 3];
    return (crop.data[((y0 + y) * 12 + x0 + (flipped ? size - 1 - x : x)) * 3 + c]! - 127.5) / 128;
  });
const series = (...values: number[]) => {
  let at = 0;
  return () => values[at++]!;
};

it('without options: the middle, standardised', () => {
  expect(run({})).toEqual(window(2, 2));
});

it('random crop reaches every place, edges included', () => {
  expect(run({ crop: 'random' }, series(0, 0.999))).toEqual(window(0, 4));
  expect(run({ crop: 'random' }, series(0.999, 0))).toEqual(window(4, 0));
});

it('flips after the crop, half of the time', () => {
  expect(run({ flip: true }, series(0.49))).toEqual(window(2, 2, true));
  expect(run({ flip: true }, series(0.5))).toEqual(window(2, 2));
});

it('rotates first, within the limit', () => {
  const quarter = run({ rotate: 90 }, series(0.9999999));
  // A quarter turn to the left: the pixel at (x, y) comes from (size − 1 − y, x).
  const expected = Float32Array.from({ length: 192 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % 8, Math.floor(i / 24), i % 3];
    return (crop.data[((x + 2) * 12 + 11 - (y + 2)) * 3 + c]! - 127.5) / 128;
  });
  expect(largestError(quarter, expected)).toBeLessThan(1e-4);
});

it('a turned picture is black where nothing was, and keeps its middle', () => {
  const white = rotated({ size: 21, data: new Float32Array(21 * 21 * 3).fill(255) }, 10);
  expect(white.data[0]).toBeLessThan(255);
  expect(white.data[(10 * 21 + 10) * 3]).toBeCloseTo(255, 3);
  expect(rotated(crop, 0).data).toEqual(crop.data);
});

it('jitter stays within 0–255 and changes the picture; a grey one stays grey', () => {
  const jittered = run({ jitter: 0.5 });
  expect(Math.min(...jittered)).toBeGreaterThanOrEqual(-127.5 / 128);
  expect(Math.max(...jittered)).toBeLessThanOrEqual(127.5 / 128);
  expect(jittered).not.toEqual(window(2, 2));
});

it('erasing blanks one rectangle and nothing else', () => {
  const erased = run({ erase: 1 });
  const plain = window(2, 2);
  const changed = [...Array(64).keys()].filter((pixel) => erased[pixel * 3] !== plain[pixel * 3]);
  const [xs, ys] = [changed.map((pixel) => pixel % 8), changed.map((pixel) => Math.floor(pixel / 8))];
  expect(changed.length).toBe((Math.max(...xs) - Math.min(...xs) + 1) * (Math.max(...ys) - Math.min(...ys) + 1));
  expect(changed.length).toBeGreaterThan(0);
  for (const pixel of changed) expect([...erased.subarray(pixel * 3, pixel * 3 + 3)]).toEqual([0, 0, 0]);
});

it('the same seed gives the same picture, another seed another', () => {
  const all = { rotate: 10, crop: 'random', flip: true, jitter: 0.2, erase: 0.5 } as const;
  expect(run(all, mulberry32(1))).toEqual(run(all, mulberry32(1)));
  expect(run(all, mulberry32(1))).not.toEqual(run(all, mulberry32(2)));
});
