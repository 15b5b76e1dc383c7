import type { Box, RgbaImage, Space } from '../core/types';

/** Source pixels and weights of each output position. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `stride` numbers an output position. */
  readonly weights: Float32Array;
  readonly stride: number;
}

/**
 * `cut`: only pixels within the box count, as if it had been cut out before. `black`: pixels round the box count too, and
 * those beyond the picture are black.
 */
type Outside = 'cut' | 'black';

/** Reused between calls: crops are many and of similar size. */
let scratch = new Float32Array(0);

/**
 * `box` of `image`, resized to `width`×`height`, as R, G, B numbers 0–255, row by row. Bilinear, widened when reducing so
 * that nothing is skipped (PIL's and torch's antialiased bilinear). `box` is in the pixels of `image` and may reach beyond
 * it. Separable: rows first, then columns.
 */
export function resample(
  image: RgbaImage,
  box: Box<Space>,
  width: number,
  height: number,
  outside: Outside,
): Float32Array {
  const across = makeTaps(box.x0, box.x1, width, image.width, outside);
  const down = makeTaps(box.y0, box.y1, height, image.height, outside);
  const { top, bottom } = rowsNeeded(down);
  const rowLength = width * 3;
  if (scratch.length < (bottom - top) * rowLength) scratch = new Float32Array((bottom - top) * rowLength);
  for (let y = top; y < bottom; y++) {
    squeezeRow(image.data, y * image.width * 4, across, width, scratch, (y - top) * rowLength);
  }
  const out = new Float32Array(height * rowLength);
  for (let y = 0; y < height; y++) {
    const target = y * rowLength;
    for (let k = 0; k < down.count[y]!; k++) {
      const weight = down.weights[y * down.stride + k]!;
      const source = (down.first[y]! - top + k) * rowLength;
      for (let i = 0; i < rowLength; i++) out[target + i]! += weight * scratch[source + i]!;
    }
  }
  return out;
}

function squeezeRow(
  pixels: Uint8ClampedArray,
  rowStart: number,
  taps: Taps,
  width: number,
  out: Float32Array,
  at: number,
): void {
  const { first, count, weights, stride } = taps;
  for (let x = 0; x < width; x++) {
    let r = 0;
    let g = 0;
    let b = 0;
    let p = rowStart + first[x]! * 4;
    const end = x * stride + count[x]!;
    for (let k = x * stride; k < end; k++, p += 4) {
      const w = weights[k]!;
      r += w * pixels[p]!;
      g += w * pixels[p + 1]!;
      b += w * pixels[p + 2]!;
    }
    out[at++] = r;
    out[at++] = g;
    out[at++] = b;
  }
}

function rowsNeeded(taps: Taps): { top: number; bottom: number } {
  let top = Infinity;
  let bottom = 0;
  for (let i = 0; i < taps.first.length; i++) {
    if (taps.count[i] === 0) continue;
    top = Math.min(top, taps.first[i]!);
    bottom = Math.max(bottom, taps.first[i]! + taps.count[i]!);
  }
  return bottom === 0 ? { top: 0, bottom: 0 } : { top, bottom };
}

function makeTaps(from: number, to: number, n: number, size: number, outside: Outside): Taps {
  const step = (to - from) / n;
  const reach = Math.max(step, 1);
  const stride = Math.ceil(2 * reach) + 2;
  const first = new Int32Array(n);
  const count = new Int32Array(n);
  const weights = new Float32Array(n * stride);
  for (let i = 0; i < n; i++) {
    const centre = from + (i + 0.5) * step;
    const weight = (pixel: number): number => Math.max(0, 1 - Math.abs(pixel + 0.5 - centre) / reach);
    let start = Math.floor(centre - reach + 0.5);
    let end = Math.floor(centre + reach + 0.5);
    if (outside === 'cut') {
      start = Math.max(start, Math.floor(from));
      end = Math.min(end, Math.ceil(to));
    }
    let sum = 0;
    for (let pixel = start; pixel < end; pixel++) sum += weight(pixel);
    first[i] = Math.min(Math.max(start, 0), size);
    count[i] = Math.max(0, Math.min(end, size) - first[i]!);
    for (let k = 0; k < count[i]!; k++) weights[i * stride + k] = weight(first[i]! + k) / sum;
  }
  return { first, count, weights, stride };
}
