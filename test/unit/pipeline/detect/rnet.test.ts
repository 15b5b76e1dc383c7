import { expect, test } from 'vitest';
import { refine } from '../../../../src/pipeline/detect/rnet';

const far = (x: number) => ({ x0: x, y0: 0, x1: x + 9, y1: 9, score: 0.6 });

test("candidates keep the network's score, move by shares of their pixels, and are square again", () => {
  const outputs = [Float32Array.of(0.1, 0.9), Float32Array.of(0.125, 0, 0.5, 0)];
  // 10 pixels wide: x from 0 to 9 becomes 1.25 to 14, y stays; the square has side 12.75.
  const [face] = refine([far(0)], outputs, 0, 0.7);
  expect(face).toEqual({ x0: 1.25, y0: -1.875, x1: 14, y1: 10.875, score: expect.closeTo(0.9) as number });
});

test("rows are counted from the picture's first, and those under the threshold go", () => {
  const probabilities = Float32Array.of(0, 1, 0, 1, 0.5, 0.5, 0.2, 0.8);
  const outputs = [probabilities, new Float32Array(16)];
  const found = refine([far(0), far(100)], outputs, 2, 0.7);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ x0: 100 });
});

test('of candidates that show the same face the best stays', () => {
  const outputs = [Float32Array.of(0.2, 0.8, 0.1, 0.9), new Float32Array(8)];
  expect(refine([far(0), far(1)], outputs, 0, 0.7)).toHaveLength(1);
});
