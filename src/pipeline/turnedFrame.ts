import type { Box, Frame, Point, RgbaImage, Size } from '../core/types';

/** Quarters of a turn, clockwise. */
export type Quarters = 0 | 1 | 2 | 3;

/** The picture as it looks after it was turned clockwise; a view on `frame`, which its owner closes. */
export function turnedFrame(frame: Frame, quarters: Quarters): Frame {
  if (quarters === 0) return frame;
  const [width, height] = quarters === 2 ? [frame.width, frame.height] : [frame.height, frame.width];
  return {
    width,
    height,
    reduced: (maxSide, part) => turnImage(frame.reduced(maxSide, part && turnedBack(part, quarters, frame)), quarters),
    region: (box) => {
      const part = frame.region(turnedBack(box, quarters, frame));
      const turned = turnImage(part, quarters);
      const { x0, y0 } = turnedBox(
        { x0: part.x0, y0: part.y0, x1: part.x0 + part.width, y1: part.y0 + part.height },
        quarters,
        frame,
      );
      return { ...turned, x0, y0 };
    },
    close: () => {},
  };
}

/** Where a point of a picture of `size` lies once the picture is turned. */
export function turnedPoint({ x, y }: Point, quarters: Quarters, { width, height }: Size): Point {
  switch (quarters) {
    case 0:
      return { x, y };
    case 1:
      return { x: height - y, y: x };
    case 2:
      return { x: width - x, y: height - y };
    case 3:
      return { x: y, y: width - x };
  }
}

/** The other way: a point of the turned picture, in the picture of `size` itself. */
export function pointTurnedBack(point: Point, quarters: Quarters, { width, height }: Size): Point {
  const turnedSize = quarters % 2 === 0 ? { width, height } : { width: height, height: width };
  return turnedPoint(point, opposite(quarters), turnedSize);
}

function opposite(quarters: Quarters): Quarters {
  return quarters === 1 ? 3 : quarters === 3 ? 1 : quarters;
}

function around(a: Point, b: Point): Box {
  return { x0: Math.min(a.x, b.x), y0: Math.min(a.y, b.y), x1: Math.max(a.x, b.x), y1: Math.max(a.y, b.y) };
}

function turnedBox({ x0, y0, x1, y1 }: Box, quarters: Quarters, size: Size): Box {
  return around(turnedPoint({ x: x0, y: y0 }, quarters, size), turnedPoint({ x: x1, y: y1 }, quarters, size));
}

/** A box of the turned picture, in the picture of `size` itself. */
function turnedBack({ x0, y0, x1, y1 }: Box, quarters: Quarters, size: Size): Box {
  return around(pointTurnedBack({ x: x0, y: y0 }, quarters, size), pointTurnedBack({ x: x1, y: y1 }, quarters, size));
}

/** The pixels turned clockwise. */
export function turnImage({ width, height, data }: RgbaImage, quarters: Quarters): RgbaImage {
  const source = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const turned = new Uint32Array(width * height);
  const [w, h] = quarters % 2 === 0 ? [width, height] : [height, width];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [tx, ty] = quarters === 1 ? [w - 1 - y, x] : quarters === 2 ? [w - 1 - x, h - 1 - y] : [y, h - 1 - x];
      turned[ty * w + tx] = source[y * width + x]!;
    }
  }
  return { width: w, height: h, data: new Uint8ClampedArray(turned.buffer) };
}
