import type { FaceCrop } from '../core/types';
import type { AugmentConfig } from './config/config';

/**
 * One picture as the network sees it, written to `out` (size² · 3 numbers, (x − 127.5) / 128), in the original's order:
 * rotate about the middle (bilinear, black outside), crop to `size`, flip, then colour jitter and erasing where asked
 * for, standardise. `crop` must not be smaller than `size`. The same random numbers give the same picture.
 */
export function augment(
  crop: FaceCrop,
  size: number,
  config: AugmentConfig,
  random: () => number,
  out: Float32Array,
): void {
  const turned = config.rotate > 0 ? rotated(crop, (2 * random() - 1) * config.rotate) : crop;
  const room = crop.size - size;
  const centre = Math.floor(room / 2);
  const [x0, y0] =
    config.crop === 'random'
      ? [Math.floor(random() * (room + 1)), Math.floor(random() * (room + 1))]
      : [centre, centre];
  const flipped = config.flip && random() < 0.5;
  for (let y = 0, to = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const from = ((y0 + y) * crop.size + x0 + (flipped ? size - 1 - x : x)) * 3;
      for (let c = 0; c < 3; c++) out[to++] = turned.data[from + c]!;
    }
  if (config.jitter > 0) jitter(out, config.jitter, random);
  if (config.erase > 0 && random() < config.erase) erase(out, size, random);
  for (let i = 0; i < out.length; i++) out[i] = (out[i]! - 127.5) / 128;
}

/** The crop turned by `degrees`, to the left where positive; corners that come from outside are black. */
export function rotated({ size, data }: FaceCrop, degrees: number): FaceCrop {
  const turned = new Float32Array(data.length);
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const middle = (size - 1) / 2;
  for (let y = 0, to = 0; y < size; y++)
    for (let x = 0; x < size; x++, to += 3) {
      const fromX = middle + (x - middle) * cos - (y - middle) * sin;
      const fromY = middle + (x - middle) * sin + (y - middle) * cos;
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
      const [dx, dy] = [fromX - left, fromY - top];
      for (let j = 0; j < 2; j++)
        for (let i = 0; i < 2; i++) {
          const [px, py] = [left + i, top + j];
          const share = (i ? dx : 1 - dx) * (j ? dy : 1 - dy);
          if (share === 0 || px < 0 || py < 0 || px >= size || py >= size) continue;
          const from = (py * size + px) * 3;
          for (let c = 0; c < 3; c++) turned[to + c]! += share * data[from + c]!;
        }
    }
  return { size, data: turned };
}

const LUMA = [0.299, 0.587, 0.114] as const;

/** Brightness, contrast and saturation, each times a number from 1 − most to 1 + most; kept within 0–255. */
function jitter(pixels: Float32Array, most: number, random: () => number): void {
  const factor = () => 1 + (2 * random() - 1) * most;
  const [brightness, contrast, saturation] = [factor(), factor(), factor()];
  let mean = 0;
  for (const value of pixels) mean += value / pixels.length;
  mean *= brightness;
  for (let i = 0; i < pixels.length; i += 3) {
    const changed = [0, 1, 2].map((c) => mean + (pixels[i + c]! * brightness - mean) * contrast);
    const grey = LUMA[0] * changed[0]! + LUMA[1] * changed[1]! + LUMA[2] * changed[2]!;
    for (let c = 0; c < 3; c++) pixels[i + c] = Math.min(255, Math.max(0, grey + (changed[c]! - grey) * saturation));
  }
}

/** A rectangle of a tenth to a third of each side becomes mid grey, which is 0 to the network. */
function erase(pixels: Float32Array, size: number, random: () => number): void {
  const side = () => Math.round(size * (0.1 + 0.23 * random()));
  const [width, height] = [side(), side()];
  const x0 = Math.floor(random() * (size - width + 1));
  const y0 = Math.floor(random() * (size - height + 1));
  for (let y = y0; y < y0 + height; y++) pixels.fill(127.5, (y * size + x0) * 3, (y * size + x0 + width) * 3);
}
