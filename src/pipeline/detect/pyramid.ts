import type { Size } from '../../core/types';
import { PNET_CELL } from '../../models/pnet';

/**
 * Sides that a frame is rounded up to, pixels: few, because each pair is a compiled graph, and close to those of common
 * pictures (640×480, 1280×720, 1600×1200).
 */
const SIDES = [64, 96, 128, 160, 192, 256, 320, 400, 480, 640, 720, 800, 960, 1088, 1200, 1280, 1600];

/** Longer side of the copy that is searched, pixels: 30-pixel faces of a 12-megapixel picture are still 12 there. */
export const SEARCHED_SIDE = 1600;

/** What a P-Net graph is compiled for: a frame's size and the pyramid's scales, falling. */
export interface Pyramid extends Size {
  readonly scales: readonly number[];
}

/** The frame of the grid that holds a picture of this size (at most `SEARCHED_SIDE` a side), and its scales. */
export function pyramidFor(width: number, height: number, minSize: number, factor: number): Pyramid {
  const frame = { width: roundUp(width), height: roundUp(height) };
  const scales: number[] = [];
  for (let scale = PNET_CELL / minSize; Math.min(frame.width, frame.height) * scale >= PNET_CELL; scale *= factor)
    scales.push(scale);
  return { ...frame, scales };
}

/** Size of a frame's level, as facenet-pytorch rounds it. */
export function levelSize(width: number, height: number, scale: number): Size {
  return { width: Math.floor(width * scale + 1), height: Math.floor(height * scale + 1) };
}

/** A picture's own part of its frame's level: none where it is smaller than a window, though the frame is not. */
export function pictureLevelSize(picture: Size, scale: number): Size {
  if (Math.min(picture.width, picture.height) * scale < PNET_CELL) return { width: 0, height: 0 };
  return levelSize(picture.width, picture.height, scale);
}

/**
 * The minimum size in pixels of the searched copy. `reduction`: copy by picture, at most 1. On a reduced copy it is at least
 * the size asked for or 20, whichever is less: smaller faces would need enlarging again. A share of the side, or a size
 * changed by reduction, is rounded down by up to a tenth, so that pictures of many sizes share graphs.
 */
export function searchedMinSize(
  { minSize }: { readonly minSize: number },
  shorterSide: number,
  reduction: number,
): number {
  if (minSize >= 1 && reduction === 1) return minSize;
  const pixels = (minSize < 1 ? minSize * shorterSide : minSize) * reduction;
  const least = minSize < 1 ? PNET_CELL : Math.min(minSize, 20);
  return Math.max(least, 20 * 1.1 ** Math.floor(Math.log(pixels / 20) / Math.log(1.1) + 1e-9));
}

function roundUp(side: number): number {
  return SIDES.find((step) => step >= side) ?? side;
}
