import { CELL_NUMBERS, type PyramidLevel } from '../../models/pnetPyramid';
import { MTCNN_STANDARDISATION, PNET_CELL, PNET_STRIDE } from '../../models/pnet';
import type { Size } from '../../core/types';
import { shiftBox, squareBox, type Candidate, type Shift } from './boxes';
import { areaResize, type Integral } from './integral';
import { nms } from './nms';

/** Overlap allowed among the windows of one level, and among those of all levels. */
const NMS_LEVEL = 0.5;
const NMS_ALL = 0.7;

/**
 * A level of the pyramid: the picture reduced to `inner`, standardised, at the top left of `out` [outer height, outer
 * width, 3]. The last column and row are repeated once, as far as a pool that rounds up can reach; the rest is grey.
 */
export function levelInput(picture: Integral, inner: Size, outer: Size, out: Float32Array): void {
  const { mean, scale } = MTCNN_STANDARDISATION;
  const stride = outer.width * 3;
  out.fill(0);
  if (inner.width === 0) return;
  const whole = { x0: 0, y0: 0, x1: picture.width, y1: picture.height };
  areaResize(picture, whole, inner.width, inner.height, out, { at: 0, stride }, scale, -mean * scale);
  if (inner.width < outer.width) {
    for (let y = 0, at = inner.width * 3; y < inner.height; y++, at += stride) out.copyWithin(at, at - 3, at);
  }
  const end = inner.height * stride;
  if (inner.height < outer.height) out.copyWithin(end, end - stride, end);
}

/** A level of one picture: the graph's, with the picture's own extent in it. */
export interface PictureLevel extends PyramidLevel {
  readonly scale: number;
  readonly size: Size;
}

/**
 * P-Net's proposals: the windows at or above `threshold`, thinned out within each level and over all, moved by the
 * regression and made square. `output` is the pyramid's. Boxes count pixels from 1, as in the original: x0 is the first
 * pixel, x1 the last.
 */
export function proposals(output: Float32Array, levels: readonly PictureLevel[], threshold: number): Candidate[] {
  const all = levels.flatMap((level) => nms(windows(output, level, threshold), NMS_LEVEL, 'union'));
  return nms(all, NMS_ALL, 'union').map(({ shift, ...box }) => squareBox(shiftBox(box, shift, 0)));
}

type Window = Candidate & { readonly shift: Shift };

function windows(
  output: Float32Array,
  { scale, size, rows, columns, offset }: PictureLevel,
  threshold: number,
): Window[] {
  const found: Window[] = [];
  const lastRow = Math.min(rows, cellsIn(size.height));
  const lastColumn = Math.min(columns, cellsIn(size.width));
  for (let row = 0; row < lastRow; row++) {
    for (let column = 0; column < lastColumn; column++) {
      const at = offset + (row * columns + column) * CELL_NUMBERS;
      const score = output[at + 1]!;
      if (score < threshold) continue;
      found.push({
        x0: Math.floor((PNET_STRIDE * column + 1) / scale),
        y0: Math.floor((PNET_STRIDE * row + 1) / scale),
        x1: Math.floor((PNET_STRIDE * column + PNET_CELL) / scale),
        y1: Math.floor((PNET_STRIDE * row + PNET_CELL) / scale),
        score,
        shift: [output[at + 2]!, output[at + 3]!, output[at + 4]!, output[at + 5]!],
      });
    }
  }
  return found;
}

/** Windows along a side of the picture itself; those in the rest of the frame are no proposals. */
function cellsIn(side: number): number {
  return Math.ceil((side - PNET_CELL) / PNET_STRIDE) + 1;
}
