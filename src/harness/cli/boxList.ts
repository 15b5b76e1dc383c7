import { randomInt } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { oneLine } from '../../core/names';
import type { Box } from '../../core/types';

/** The box that was cut out, as in the original's list: half the margin a side, clipped, whole pixels. */
export function cutBox(box: Box, margin: number, width: number, height: number): [number, number, number, number] {
  const half = margin / 2;
  return [
    Math.trunc(Math.max(box.x0 - half, 0)),
    Math.trunc(Math.max(box.y0 - half, 0)),
    Math.trunc(Math.min(box.x1 + half, width)),
    Math.trunc(Math.min(box.y1 + half, height)),
  ];
}

/**
 * The original's `bounding_boxes_<number>.txt`: a line a crop, its path and x0 y0 x1 y1; the path alone where a picture
 * shows no face. Line breaks and tabs in a name are blanks there. Each run writes a list of its own, so that several may run at once.
 */
export class BoxList {
  readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, `bounding_boxes_${String(randomInt(100_000)).padStart(5, '0')}.txt`);
  }

  async add(crop: string, box?: readonly number[]): Promise<void> {
    await appendFile(this.path, `${[oneLine(crop), ...(box ?? [])].join(' ')}\n`);
  }
}
