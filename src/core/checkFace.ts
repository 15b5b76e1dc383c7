import type { RgbaImage } from './types';

/** Soft-edged ellipses, in the order drawn: centre and half axes as shares of the picture's side, and R, G, B. */
const ELLIPSES = [
  { x: 0.5, y: 0.42, rx: 0.44, ry: 0.44, rgb: [60, 45, 35] }, // hair
  { x: 0.5, y: 0.55, rx: 0.36, ry: 0.45, rgb: [205, 160, 135] }, // skin
  { x: 0.33, y: 0.44, rx: 0.08, ry: 0.04, rgb: [60, 50, 50] }, // eyes
  { x: 0.67, y: 0.44, rx: 0.08, ry: 0.04, rgb: [60, 50, 50] },
  { x: 0.5, y: 0.6, rx: 0.06, ry: 0.1, rgb: [175, 125, 105] }, // nose
  { x: 0.5, y: 0.77, rx: 0.15, ry: 0.05, rgb: [150, 70, 70] }, // mouth
] as const;
const BACKGROUND = [128, 132, 140] as const;

/** A drawn face, the same pixels everywhere. */
export function checkFace(size: number): RgbaImage {
  const data = new Uint8ClampedArray(4 * size * size);
  for (let i = 0; i < size * size; i++) {
    const x = ((i % size) + 0.5) / size;
    const y = (Math.floor(i / size) + 0.5) / size;
    let [r, g, b]: readonly [number, number, number] = BACKGROUND;
    for (const { x: cx, y: cy, rx, ry, rgb } of ELLIPSES) {
      // 1 inside, 0 outside, a straight slope between .7 and 1.1 of the radius
      const share = Math.min(1, Math.max(0, (1.1 - Math.hypot((x - cx) / rx, (y - cy) / ry)) / 0.4));
      [r, g, b] = [r + share * (rgb[0] - r), g + share * (rgb[1] - g), b + share * (rgb[2] - b)];
    }
    data.set([r, g, b, 255], 4 * i);
  }
  return { width: size, height: size, data };
}
