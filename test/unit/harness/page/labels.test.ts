import { expect, test } from 'vitest';
import { placeLabels } from '../../../../src/harness/page/labels';

const picture = { width: 400, height: 300 };
const size = { width: 80, height: 20 };

test('a label lies under its face', () => {
  const [place] = placeLabels([{ x0: 100, y0: 50, x1: 160, y1: 120 }], [size], picture);
  expect(place).toEqual({ x0: 90, y0: 120, x1: 170, y1: 140 });
});

test('a label stays inside the picture, over a face at the bottom', () => {
  const [place] = placeLabels([{ x0: 380, y0: 220, x1: 420, y1: 300 }], [size], picture);
  expect(place).toEqual({ x0: 320, y0: 200, x1: 400, y1: 220 });
});

test('labels cover neither each other nor another face', () => {
  const faces = [
    { x0: 100, y0: 50, x1: 150, y1: 100 },
    { x0: 155, y0: 50, x1: 205, y1: 100 },
    { x0: 110, y0: 105, x1: 160, y1: 155 },
  ];
  const places = placeLabels(faces, [size, size, size], picture);
  const all = [...faces, ...places];
  for (const [i, a] of all.entries())
    for (const b of all.slice(i + 1))
      expect(a.x0 >= b.x1 || b.x0 >= a.x1 || a.y0 >= b.y1 || b.y0 >= a.y1, `${i}`).toBe(true);
});
