import { expect, test } from 'vitest';
import { shorten, whole, type Shortened } from '../../../src/cluster/shorten';
import { mulberry32 } from '../../../src/core/random';
import { squaredDistance } from '../../../src/core/vectors';
import type { Points } from '../../../src/cluster/points';

/** Rows in a few directions of `size`, plus noise. */
function drawn(count: number, size: number, directions: number, noise: number): Points {
  const random = mulberry32(3);
  const draw = (): number => random() - 0.5;
  const base = Array.from({ length: directions }, () => Float64Array.from({ length: size }, draw));
  const vectors = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    for (const direction of base) {
      const share = draw();
      for (let k = 0; k < size; k++) vectors[i * size + k]! += share * direction[k]!;
    }
    for (let k = 0; k < size; k++) vectors[i * size + k]! += noise * draw();
  }
  return { count, size, vectors };
}

/** What the shortened rows say of how far apart two are at least, and how far they are. */
function distances({ size, vectors, rest }: Shortened, points: Points, i: number, j: number) {
  const own = squaredDistance(vectors.subarray(i * size, (i + 1) * size), vectors, j * size);
  const row = points.vectors.subarray(i * points.size, (i + 1) * points.size);
  return {
    least: Math.sqrt(own + (rest[i]! - rest[j]!) ** 2),
    true: Math.sqrt(squaredDistance(row, points.vectors, j * points.size)),
  };
}

test.each([
  ['of few directions', 512, 40, 0],
  ['of few directions, and noise', 192, 40, 0.02],
  ['of all directions', 100, 100, 0],
])('rows %s: two are never nearer than their shortened ones say', (_, size, directions, noise) => {
  const points = drawn(200, size, directions, noise);
  const short = shorten(points);
  expect(short.size).toBe(64);
  const shares: number[] = [];
  for (let i = 0; i < points.count; i++)
    for (let j = 0; j < i; j++) {
      const { least, true: distance } = distances(short, points, i, j);
      expect(least).toBeLessThanOrEqual(distance + short.rounding[i]! + short.rounding[j]!);
      shares.push(least / distance);
    }
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  // Rows of few directions lose nothing; of a hundred even ones, 64 hold most.
  expect(mean).toBeGreaterThan(noise === 0 && directions < 64 ? 0.99999 : 0.8);
});

test('fewer rows than directions, equal rows and rows of zeros have their distances', () => {
  for (const points of [drawn(3, 200, 3, 0), { count: 4, size: 100, vectors: new Float32Array(400).fill(1, 0, 200) }]) {
    const short = shorten(points);
    for (let i = 0; i < points.count; i++)
      for (let j = 0; j < points.count; j++) {
        const { least, true: distance } = distances(short, points, i, j);
        expect(Math.abs(least - distance)).toBeLessThanOrEqual(short.rounding[i]! + short.rounding[j]!);
      }
  }
});

test('short rows stay as they are', () => {
  const points = drawn(10, 64, 64, 0);
  expect(shorten(points)).toEqual(whole(points));
  expect(whole(points).vectors).toBe(points.vectors);
});
