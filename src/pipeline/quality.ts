import type { Detection, FaceCrop, FaceQuality, Frame } from '../core/types';
import { facenetCrop } from './crop/facenet';

/** Side of the measured crop, pixels: about the smallest face good for enrolment, so that sharpness does not measure size. */
const MEASURED_SIDE = 64;

/** How good a face of a frame is for enrolment. */
export function faceQuality(frame: Frame, face: Pick<Detection, 'box'>): FaceQuality {
  const { x0, y0, x1, y1 } = face.box;
  return { size: Math.min(x1 - x0, y1 - y0), ...lightAndSharpness(facenetCrop(frame, face, MEASURED_SIDE, 0)) };
}

/** Of the grey levels of a crop. */
export function lightAndSharpness(crop: FaceCrop): Omit<FaceQuality, 'size'> {
  const { size } = crop;
  const grey = new Float32Array(size * size);
  let total = 0;
  for (let i = 0; i < grey.length; i++) {
    // ITU-R BT.601 luma.
    grey[i] = 0.299 * crop.data[3 * i]! + 0.587 * crop.data[3 * i + 1]! + 0.114 * crop.data[3 * i + 2]!;
    total += grey[i]!;
  }
  return { sharpness: laplacianVariance(grey, size), brightness: total / grey.length };
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
