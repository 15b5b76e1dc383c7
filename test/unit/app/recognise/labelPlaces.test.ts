import { expect, test } from 'vitest';
import { placeLabels, type LabelWish } from '../../../../src/app/recognise/labelPlaces';

const PICTURE = { width: 300, height: 200 };
const wish = (x: number, y: number, rank = 0): LabelWish => ({
  box: { x, y, width: 30, height: 40 },
  width: 80,
  height: 16,
  rank,
});

test('a label stands below its box, centred, and inside the picture', () => {
  expect(placeLabels([wish(100, 50), wish(0, 50)], PICTURE)).toEqual([
    { x: 75, y: 93 },
    { x: 0, y: 31 }, // above: the first is in the way below
  ]);
});

test('at the lower edge it stands above', () => {
  expect(placeLabels([wish(100, 150)], PICTURE)).toEqual([{ x: 75, y: 131 }]);
});

test('no label covers another or a face, and the higher rank chooses first', () => {
  const wishes = [wish(100, 80), wish(132, 80), wish(164, 80), wish(196, 80, 1)];
  const places = placeLabels(wishes, PICTURE);
  expect(places[3]).toEqual({ x: 171, y: 123 });
  const rects = [
    ...wishes.map(({ box }) => box),
    ...places.flatMap((place) => (place ? [{ ...place, width: 80, height: 16 }] : [])),
  ];
  for (const [i, a] of rects.entries())
    for (const b of rects.slice(i + 1))
      expect(a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height).toBe(false);
});

test('where there is no room there is no label', () => {
  const places = placeLabels(
    Array.from({ length: 12 }, () => wish(100, 80)),
    PICTURE,
  );
  expect(places.filter((place) => place !== null)).toHaveLength(10);
});
