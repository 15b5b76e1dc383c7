import { expect, test } from 'vitest';
import { boxIou, shiftBox, squareBox } from '../../../../src/pipeline/detect/boxes';

const box = { x0: 10, y0: 20, x1: 30, y1: 60, score: 0.5 };

test('shifts are shares of the width and height, and the score goes along', () => {
  expect(shiftBox(box, [0.1, -0.1, 0.5, 0], 0)).toEqual({ x0: 12, y0: 16, x1: 40, y1: 60, score: 0.5 });
  expect(shiftBox({ ...box, x1: 29, y1: 59 }, [0.1, -0.1, 0.5, 0], 1)).toMatchObject({
    x0: 12,
    y0: 16,
    x1: 39,
    y1: 59,
  });
});

test('a square has the longer side and the same centre', () => {
  expect(squareBox(box)).toEqual({ x0: 0, y0: 20, x1: 40, y1: 60, score: 0.5 });
});

test('intersection over union is 1 for the same box, 0 for boxes that only touch, a third for two halves', () => {
  expect(boxIou(box, box)).toBe(1);
  expect(boxIou(box, { x0: 30, y0: 20, x1: 50, y1: 60 })).toBe(0);
  expect(boxIou({ x0: 0, y0: 0, x1: 2, y1: 1 }, { x0: 1, y0: 0, x1: 3, y1: 1 })).toBeCloseTo(1 / 3);
});
