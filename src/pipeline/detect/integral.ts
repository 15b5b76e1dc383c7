import type { RgbaImage } from '../../core/types';
import { createAreaKernel, ENTRY, type AreaKernel } from './areaKernel';

/** Bytes of a pixel's sums, three int32. */
const PIXEL = 12;

/**
 * Sums of all pixels above and to the left: three int32 (R, G, B) for column x and row y, over rows < y and columns < x,
 * at `at` + (y · (width + 1) + x) · 12 in the kernel's memory. The mean of any rectangle costs four look-ups. Sums may
 * overflow; differences are right up to 8 million pixels.
 */
export interface Integral {
  readonly width: number;
  readonly height: number;
  readonly at: number;
  readonly kernel: AreaKernel;
}

/** Computes the images' sums in the kernel's memory, replacing the former ones. */
export function integralsOf(images: readonly RgbaImage[], kernel: AreaKernel = createAreaKernel()): Integral[] {
  const places = kernel.reserve(images.map(({ width, height }) => (width + 1) * (height + 1) * PIXEL));
  return images.map(({ width, height, data }, i) => {
    const stride = (width + 1) * PIXEL;
    const at = places[i]!;
    kernel.bytes.fill(0, at, at + stride);
    const band = Math.floor(kernel.through / (width * 4));
    if (band === 0) throw new RangeError(`a picture ${width} pixels wide is too wide to be summed up`);
    for (let y = 0; y < height; y += band) {
      const rows = Math.min(band, height - y);
      kernel.bytes.set(data.subarray(y * width * 4, (y + rows) * width * 4), kernel.throughAt);
      kernel.sum(kernel.throughAt, width, rows, at + (y + 1) * stride, stride);
    }
    return { width, height, at, kernel };
  });
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
  { width: pictureWidth, height: pictureHeight, at: sumsAt, kernel }: Integral,
  box: PixelBox,
  width: number,
  height: number,
  out: Float32Array,
  { at, stride }: Place,
  scale: number,
  offset: number,
): void {
  const { ints, doubles, floats, throughAt } = kernel;
  const band = Math.min(height, Math.floor(kernel.through / (width * PIXEL)));
  const rowsAt = width * ENTRY;
  if (band === 0 || rowsAt + band * ENTRY > kernel.tables) throw new RangeError(`${width} columns are too many`);
  const across = box.x1 - box.x0;
  for (let x = 0; x < width; x++) {
    const left = Math.floor((x * across) / width);
    const right = Math.ceil(((x + 1) * across) / width);
    ints[x * 4] = clamp(box.x0 + left, pictureWidth) * PIXEL;
    ints[x * 4 + 1] = clamp(box.x0 + right, pictureWidth) * PIXEL;
    doubles[x * 2 + 1] = scale / (right - left);
  }
  const down = box.y1 - box.y0;
  const sumsStride = (pictureWidth + 1) * PIXEL;
  for (let y = 0; y < height; y += band) {
    const rows = Math.min(band, height - y);
    for (let row = 0, entry = width; row < rows; row++, entry++) {
      const top = Math.floor(((y + row) * down) / height);
      const bottom = Math.ceil(((y + row + 1) * down) / height);
      ints[entry * 4] = sumsAt + clamp(box.y0 + top, pictureHeight) * sumsStride;
      ints[entry * 4 + 1] = sumsAt + clamp(box.y0 + bottom, pictureHeight) * sumsStride;
      doubles[entry * 2 + 1] = bottom - top;
    }
    kernel.mean(0, rowsAt, width, rows, throughAt, offset);
    const from = throughAt / 4;
    const length = width * 3;
    if (stride === length) out.set(floats.subarray(from, from + rows * length), at + y * stride);
    else
      for (let row = 0; row < rows; row++)
        out.set(floats.subarray(from + row * length, from + (row + 1) * length), at + (y + row) * stride);
  }
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}
