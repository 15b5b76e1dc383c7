import { expect, test } from 'vitest';
import { rocSvg } from '../../../src/evaluate/rocPlot';

test('the curve lies within the picture and its axis reaches down to it', () => {
  const svg = rocSvg({ tpr: Float64Array.of(0, 0.55, 0.9, 1), far: Float64Array.of(0, 0.001, 0.1, 1) }, 'x < y');
  expect(svg).toContain('x &#60; y');
  expect(svg).toContain('>0.50<');
  const points = /points="([^"]+)"/
    .exec(svg)![1]!
    .split(' ')
    .map((point) => point.split(',').map(Number));
  expect(points).toHaveLength(4);
  for (const [x, y] of points) {
    expect(x).toBeGreaterThanOrEqual(64);
    expect(x).toBeLessThanOrEqual(624);
    expect(y).toBeGreaterThanOrEqual(28);
    expect(y).toBeLessThanOrEqual(392);
  }
});
