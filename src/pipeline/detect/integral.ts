import type { RgbaImage } from '../../core/types';

/**
 * Sums of all pixels above and to the left: `sums[(y · (width + 1) + x) · 3 + channel]` over rows < y and columns < x. The
 * mean of any rectangle then costs four look-ups, however large it is. Sums may wrap round; differences stay right up
 * to 8 million pixels.
 */
export interface Integral {
  readonly width: number;
  readonly height: number;
  readonly sums: Int32Array;
}

/** Makes the sums of `image`, in `memory` if it is large enough. */
export function integralOf(image: RgbaImage, memory: Int32Array = new Int32Array(0)): Integral {
  const { width, height, data } = image;
  const stride = (width + 1) * 3;
  const length = stride * (height + 1);
  const sums = memory.length >= length ? memory : new Int32Array(length);
  sums.fill(0, 0, stride);
  let from = 0;
  for (let y = 1; y <= height; y++) {
    let at = y * stride;
    let r = 0;
    let g = 0;
    let b = 0;
    sums[at] = 0;
    sums[at + 1] = 0;
    sums[at + 2] = 0;
    for (const end = at + stride - 3; at < end; from += 4) {
      r = (r + data[from]!) | 0;
      g = (g + data[from + 1]!) | 0;
      b = (b + data[from + 2]!) | 0;
      at += 3;
      sums[at] = sums[at - stride]! + r;
      sums[at + 1] = sums[at + 1 - stride]! + g;
      sums[at + 2] = sums[at + 2 - stride]! + b;
    }
  }
  return { width, height, sums };
}

/** Whole pixels, x0 ≤ x < x1 and y0 ≤ y < y1, at least one; may reach beyond the picture. */
export interface PixelBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Where numbers go: the first one's index and how far apart rows start. */
export interface Place {
  readonly at: number;
  readonly stride: number;
}

/**
 * `box` resized to `width`×`height` by means over whole pixels, bins rounded outwards (adaptive average pooling, what
 * MTCNN's Python versions call area), as R, G, B: value · scale + offset, value 0–255. Beyond the picture is black.
 */
export function areaResize(
  { width: pictureWidth, height: pictureHeight, sums }: Integral,
  box: PixelBox,
  width: number,
  height: number,
  out: Float32Array,
  { at, stride }: Place,
  scale: number,
  offset: number,
): void {
  const clampX = (x: number): number => Math.min(Math.max(x, 0), pictureWidth);
  const clampY = (y: number): number => Math.min(Math.max(y, 0), pictureHeight);
  const across = box.x1 - box.x0;
  const down = box.y1 - box.y0;
  const lefts = new Int32Array(width);
  const rights = new Int32Array(width);
  const weights = new Float64Array(width);
  for (let x = 0; x < width; x++) {
    const left = Math.floor((x * across) / width);
    const right = Math.ceil(((x + 1) * across) / width);
    lefts[x] = clampX(box.x0 + left) * 3;
    rights[x] = clampX(box.x0 + right) * 3;
    weights[x] = scale / (right - left);
  }
  const sumsStride = (pictureWidth + 1) * 3;
  for (let y = 0; y < height; y++) {
    const top = Math.floor((y * down) / height);
    const bottom = Math.ceil(((y + 1) * down) / height);
    const a = clampY(box.y0 + top) * sumsStride;
    const b = clampY(box.y0 + bottom) * sumsStride;
    let to = at + y * stride;
    for (let x = 0; x < width; x++, to += 3) {
      const weight = weights[x]! / (bottom - top);
      const [al, ar, bl, br] = [a + lefts[x]!, a + rights[x]!, b + lefts[x]!, b + rights[x]!];
      out[to] = ((sums[br]! - sums[bl]! - sums[ar]! + sums[al]!) | 0) * weight + offset;
      out[to + 1] = ((sums[br + 1]! - sums[bl + 1]! - sums[ar + 1]! + sums[al + 1]!) | 0) * weight + offset;
      out[to + 2] = ((sums[br + 2]! - sums[bl + 2]! - sums[ar + 2]! + sums[al + 2]!) | 0) * weight + offset;
    }
  }
}
