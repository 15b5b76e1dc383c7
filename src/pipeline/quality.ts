import type { Box, FaceCrop, FaceQuality } from '../core/types';

/** How good a face is for enrolment, from its box in the picture and its aligned crop. */
export function faceQuality(box: Box, crop: FaceCrop): FaceQuality {
  const { size } = crop;
  const grey = new Float32Array(size * size);
  let total = 0;
  for (let i = 0; i < grey.length; i++) {
    // ITU-R BT.601 luma.
    grey[i] = 0.299 * crop.data[3 * i]! + 0.587 * crop.data[3 * i + 1]! + 0.114 * crop.data[3 * i + 2]!;
    total += grey[i]!;
  }
  return {
    size: Math.min(box.x1 - box.x0, box.y1 - box.y0),
    sharpness: laplacianVariance(grey, size),
    brightness: total / grey.length,
  };
}

function laplacianVariance(grey: Float32Array, size: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < size - 1; y++) {
    for (let x = 1; x < size - 1; x++) {
      const i = y * size + x;
      const edge = grey[i - size]! + grey[i + size]! + grey[i - 1]! + grey[i + 1]! - 4 * grey[i]!;
      sum += edge;
      squares += edge * edge;
    }
  }
  const n = (size - 2) ** 2;
  return squares / n - (sum / n) ** 2;
}
