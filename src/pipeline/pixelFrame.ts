import type { Box, Frame, RgbaImage, Size } from '../core/types';
import { resizeImage } from './resize';

/** A frame whose pixels lie in memory, opaque. The pixels are used as they are, not copied. */
export function pixelFrame(image: RgbaImage): Frame {
  return {
    width: image.width,
    height: image.height,
    reduced: (maxSide, part = { x0: 0, y0: 0, x1: image.width, y1: image.height }) => {
      const size = reducedSize(part.x1 - part.x0, part.y1 - part.y0, maxSide);
      return resizeImage(image, size.width, size.height, part);
    },
    region: (box) => {
      const part = clipBox(box, image.width, image.height);
      const width = part.x1 - part.x0;
      const height = part.y1 - part.y0;
      const data = new Uint8ClampedArray(width * height * 4);
      for (let y = 0; y < height; y++) {
        const from = ((part.y0 + y) * image.width + part.x0) * 4;
        data.set(image.data.subarray(from, from + width * 4), y * width * 4);
      }
      return { width, height, data, x0: part.x0, y0: part.y0 };
    },
    close: () => {},
  };
}

/** `box` rounded outwards to whole pixels and clipped to the picture; at least one pixel, even where they do not meet. */
export function clipBox(box: Box, width: number, height: number): Box {
  const x0 = Math.min(Math.max(Math.floor(box.x0), 0), width - 1);
  const y0 = Math.min(Math.max(Math.floor(box.y0), 0), height - 1);
  const x1 = Math.max(Math.min(Math.ceil(box.x1), width), x0 + 1);
  const y1 = Math.max(Math.min(Math.ceil(box.y1), height), y0 + 1);
  return { x0, y0, x1, y1 };
}

/** Size of a picture whose longer side is brought down to `maxSide`, at least one pixel a side. */
export function reducedSize(width: number, height: number, maxSide: number): Size {
  const scale = Math.min(1, maxSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** `image` over white, as a new array; `image` itself where it is opaque. */
export function overWhite(image: RgbaImage): RgbaImage {
  const { data } = image;
  let opaque = true;
  for (let i = 3; i < data.length && opaque; i += 4) opaque = data[i] === 255;
  if (opaque) return image;
  const flat = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]! / 255;
    for (let c = i; c < i + 3; c++) flat[c] = data[c]! * alpha + 255 * (1 - alpha);
    flat[i + 3] = 255;
  }
  return { width: image.width, height: image.height, data: flat };
}
