import { CELL_NUMBERS, type PyramidLevel } from '../../models/pnetPyramid';
import { MTCNN_STANDARDISATION, PNET_CELL, PNET_STRIDE } from '../../models/pnet';
import type { RgbaImage } from '../../core/types';
import { shiftBox, squareBox, type Candidate, type Shift } from './boxes';
import { nms } from './nms';

/** Overlap allowed among the windows of one level, and among those of all levels. */
const NMS_LEVEL = 0.5;
const NMS_ALL = 0.7;

/**
 * `image` standardised into a frame of `width`×`height` at its top left, [1, height, width, 3]; the last column and row
 * go on into the rest of the frame, so that there is no edge. Writes all of `out`.
 */
export function frameInput(image: RgbaImage, width: number, height: number, out: Float32Array): void {
  const { mean, scale } = MTCNN_STANDARDISATION;
  const offset = -mean * scale;
  const { data } = image;
  const rowLength = width * 3;
  let from = 0;
  for (let y = 0; y < image.height; y++) {
    const row = y * rowLength;
    const end = row + image.width * 3;
    for (let to = row; to < end; to += 3, from += 4) {
      out[to] = data[from]! * scale + offset;
      out[to + 1] = data[from + 1]! * scale + offset;
      out[to + 2] = data[from + 2]! * scale + offset;
    }
    for (let to = end; to < row + rowLength; to++) out[to] = out[to - 3]!;
  }
  const last = (image.height - 1) * rowLength;
  for (let y = image.height; y < height; y++) out.copyWithin(y * rowLength, last, last + rowLength);
}

/**
 * P-Net's proposals: the windows above `threshold`, thinned out within each level and over all, moved by the regression and
 * made square. `output` is the pyramid's; `width` and `height` are the picture's within the frame: windows that look
 * beyond it are no proposals. Boxes count pixels from 1 (as MTCNN was trained): x0 is the first pixel, x1 the last.
 */
export function proposals(
  output: Float32Array,
  levels: readonly PyramidLevel[],
  width: number,
  height: number,
  threshold: number,
): Candidate[] {
  const all: Window[] = [];
  for (const level of levels) all.push(...nms(windows(output, level, width, height, threshold), NMS_LEVEL, 'union'));
  return nms(all, NMS_ALL, 'union').map(({ shift, ...box }) => squareBox(shiftBox(box, shift, 0)));
}

type Window = Candidate & { readonly shift: Shift };

function windows(
  output: Float32Array,
  { scaleX, scaleY, rows, columns, offset }: PyramidLevel,
  width: number,
  height: number,
  threshold: number,
): Window[] {
  const found: Window[] = [];
  // One pixel over, as the last window of a level does whose pools round up.
  const inside = (side: number, scale: number): number =>
    Math.floor((Math.ceil(side * scale) + 1 - PNET_CELL) / PNET_STRIDE) + 1;
  const lastRow = Math.min(rows, inside(height, scaleY));
  const lastColumn = Math.min(columns, inside(width, scaleX));
  for (let row = 0; row < lastRow; row++) {
    for (let column = 0; column < lastColumn; column++) {
      const at = offset + (row * columns + column) * CELL_NUMBERS;
      const score = output[at + 1]!;
      if (score < threshold) continue;
      found.push({
        x0: Math.floor((PNET_STRIDE * column + 1) / scaleX),
        y0: Math.floor((PNET_STRIDE * row + 1) / scaleY),
        x1: Math.floor((PNET_STRIDE * column + PNET_CELL) / scaleX),
        y1: Math.floor((PNET_STRIDE * row + PNET_CELL) / scaleY),
        score,
        shift: [output[at + 2]!, output[at + 3]!, output[at + 4]!, output[at + 5]!],
      });
    }
  }
  return found;
}
