import { expect, test } from 'vitest';
import { faces } from '../../../../src/pipeline/detect/onet';

const candidate = { x0: 11, y0: 21, x1: 30, y1: 60, score: 0.7 };
const points = Float32Array.of(0.25, 0.75, 0.5, 0.3, 0.7, 0.25, 0.25, 0.5, 0.75, 0.75);

test('the box counts edges, and points are shares of the candidate before it moved', () => {
  const outputs = [Float32Array.of(0.1, 0.9), Float32Array.of(0.1, 0, 0, 0.1), points];
  const [face] = faces([candidate], outputs, 0, 0.7);
  // Pixels 11 to 30 are edges 10 to 30: 20 wide and, likewise, 40 high.
  expect(face!.box.x0).toBeCloseTo(12);
  expect(face!.box.y0).toBeCloseTo(20);
  expect(face!.box.x1).toBeCloseTo(30);
  expect(face!.box.y1).toBeCloseTo(64);
  const near = [15, 30, 25, 30, 20, 40, 16, 50, 24, 50];
  face!.points.flatMap(({ x, y }) => [x, y]).forEach((value, i) => expect(value).toBeCloseTo(near[i]!));
});

test('the most probable face comes first, and one inside another goes', () => {
  const inside = { x0: 14, y0: 30, x1: 27, y1: 50, score: 0.7 };
  const apart = { x0: 100, y0: 21, x1: 120, y1: 60, score: 0.7 };
  const outputs = [Float32Array.of(0.1, 0.9, 0.2, 0.8, 0.01, 0.99), new Float32Array(12), new Float32Array(30)];
  const found = faces([candidate, inside, apart], outputs, 0, 0.7);
  expect(found.map(({ score }) => Math.round(score * 100))).toEqual([99, 90]);
});

test('below the threshold there is no face', () => {
  expect(faces([candidate], [Float32Array.of(0.4, 0.6), new Float32Array(4), points], 0, 0.7)).toEqual([]);
});
