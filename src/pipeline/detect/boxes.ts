import type { Box, Detection, Point, Space } from '../../core/types';

type AnyBox = Box<Space>;

/** A box on its way through MTCNN's three networks, in pixels of the searched picture. */
export interface Candidate {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly score: number;
}

/** A network's box regression: shifts of the four edges as shares of the window's width and height. */
export type Shift = readonly [number, number, number, number];

/** The window moved by a network's shifts. `extent` is added to both sides' lengths: 1 where edges count pixels. */
export function shiftBox<T extends Candidate>(box: T, [dx0, dy0, dx1, dy1]: Shift, extent: 0 | 1): T {
  const width = box.x1 - box.x0 + extent;
  const height = box.y1 - box.y0 + extent;
  return {
    ...box,
    x0: box.x0 + dx0 * width,
    y0: box.y0 + dy0 * height,
    x1: box.x1 + dx1 * width,
    y1: box.y1 + dy1 * height,
  };
}

/** The square of the longer side round the same centre. */
export function squareBox<T extends AnyBox>(box: T): T {
  const side = Math.max(box.x1 - box.x0, box.y1 - box.y0);
  const x0 = (box.x0 + box.x1 - side) / 2;
  const y0 = (box.y0 + box.y1 - side) / 2;
  return { ...box, x0, y0, x1: x0 + side, y1: y0 + side };
}

export function boxArea(box: AnyBox): number {
  return Math.max(0, box.x1 - box.x0) * Math.max(0, box.y1 - box.y0);
}

/** Area that two boxes share; 0 when they do not meet. */
export function sharedArea(a: AnyBox, b: AnyBox): number {
  const width = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const height = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Intersection over union, 0–1. */
export function boxIou(a: AnyBox, b: AnyBox): number {
  const shared = sharedArea(a, b);
  return shared === 0 ? 0 : shared / (boxArea(a) + boxArea(b) - shared);
}

/** Share of the smaller box from which two finds are one face. */
const SAME_FACE = 0.5;

export function isSameFace(a: AnyBox, b: AnyBox): boolean {
  return sharedArea(a, b) > SAME_FACE * Math.min(boxArea(a), boxArea(b));
}

/** The face with its box's corners and its points moved. */
export function moveFace({ box, score, points }: Detection, move: (point: Point) => Point): Detection {
  const [a, b] = [move({ x: box.x0, y: box.y0 }), move({ x: box.x1, y: box.y1 })];
  return {
    box: { x0: Math.min(a.x, b.x), y0: Math.min(a.y, b.y), x1: Math.max(a.x, b.x), y1: Math.max(a.y, b.y) },
    score,
    points: [move(points[0]), move(points[1]), move(points[2]), move(points[3]), move(points[4])],
  };
}
