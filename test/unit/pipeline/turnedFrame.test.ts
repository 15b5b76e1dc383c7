import { expect, test } from 'vitest';
import { pixelFrame } from '../../../src/pipeline/pixelFrame';
import { pointTurnedBack, turnedFrame, turnedPoint, turnImage, type Quarters } from '../../../src/pipeline/turnedFrame';

/** Each pixel tells where it was: red its column, green its row. */
function marked(width: number, height: number) {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set([x, y, 0, 255], (y * width + x) * 4);
  return { width, height, data };
}
const picture = marked(7, 5);

test('a quarter clockwise brings the lower left corner to the top left', () => {
  const turned = turnImage(picture, 1);
  expect([turned.width, turned.height]).toEqual([5, 7]);
  expect([...turned.data.subarray(0, 2)]).toEqual([0, 4]);
});

test.each([1, 2, 3] satisfies Quarters[])('%i quarters: every pixel lies where its middle was moved to', (quarters) => {
  const { width, data } = turnImage(picture, quarters);
  for (let y = 0; y < 5; y++)
    for (let x = 0; x < 7; x++) {
      const to = turnedPoint({ x: x + 0.5, y: y + 0.5 }, quarters, picture);
      const at = (Math.floor(to.y) * width + Math.floor(to.x)) * 4;
      expect([...data.subarray(at, at + 2)]).toEqual([x, y]);
      const back = pointTurnedBack(to, quarters, picture);
      expect(back.x).toBeCloseTo(x + 0.5, 12);
      expect(back.y).toBeCloseTo(y + 0.5, 12);
    }
});

test.each([1, 2, 3] satisfies Quarters[])(
  '%i quarters: a region is the same part of the turned picture',
  (quarters) => {
    const view = turnedFrame(pixelFrame(picture), quarters);
    const whole = pixelFrame(turnImage(picture, quarters));
    expect([view.width, view.height]).toEqual([whole.width, whole.height]);
    for (const box of [
      { x0: 1, y0: 2, x1: 4, y1: 4 },
      { x0: -3, y0: 0.5, x1: 2.2, y1: 9 },
    ])
      expect(view.region(box)).toEqual(whole.region(box));
  },
);
