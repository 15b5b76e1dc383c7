import { expect, test } from 'vitest';
import type { Detection } from '../../../src/core/types';
import { centralFace } from '../../../src/pipeline/bulk';

const origin = { x: 0, y: 0 };
function face(x0: number, y0: number, x1: number, y1: number, score = 0.9): Detection {
  return { box: { x0, y0, x1, y1 }, score, points: [origin, origin, origin, origin, origin] };
}
const picture = { width: 200, height: 100 };

test('the face of a picture is the large and central one, whatever the scores', () => {
  const central = face(80, 30, 120, 70); // 1600, in the middle
  const corner = face(0, 0, 60, 60, 0.99); // 3600, but 70 and 20 off: 3600 − 2 · 5300
  const larger = face(60, 20, 120, 80, 0.8); // 3600 and 10 off: 3600 − 2 · 100
  expect(centralFace([corner, central], picture)).toBe(central);
  expect(centralFace([corner, central, larger], picture)).toBe(larger);
});

test('a lone face counts however far off it is, and none is none', () => {
  const corner = face(0, 0, 20, 20);
  expect(centralFace([corner], picture)).toBe(corner);
  expect(centralFace([], picture)).toBeNull();
});
