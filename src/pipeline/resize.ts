import type { Box, RgbaImage } from '../core/types';
import { resample } from './resample';

/** The image, or a part of it, at another size, antialiased; the image itself where that is the whole at its own size. */
export function resizeImage(
  image: RgbaImage,
  width: number,
  height: number,
  part: Box = { x0: 0, y0: 0, x1: image.width, y1: image.height },
): RgbaImage {
  const isWhole = part.x1 - part.x0 === image.width && part.y1 - part.y0 === image.height;
  if (isWhole && width === image.width && height === image.height) return image;
  return toRgba(resample(image, part, width, height, 'cut'), width, height);
}

/** R, G, B numbers (0–255) as opaque pixels, rounded. */
export function toRgba(rgb: Float32Array, width: number, height: number): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    data[to] = rgb[from]!;
    data[to + 1] = rgb[from + 1]!;
    data[to + 2] = rgb[from + 2]!;
    data[to + 3] = 255;
  }
  return { width, height, data };
}
