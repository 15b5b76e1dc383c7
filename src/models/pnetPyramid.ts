import { GraphBuilder } from '../nn/builder';
import type { Graph } from '../nn/graph';
import { inferShapes } from '../nn/shapes';
import { pnetLayers } from './pnet';

/** One reduced copy of the frame, and where its cells lie in the output. */
export interface PyramidLevel {
  /** Reduced pixels per frame pixel, as near to the scale asked for as whole pixels allow. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Cells in this level; cell (row, column) covers the 12×12 reduced pixels from (2 column, 2 row). */
  readonly rows: number;
  readonly columns: number;
  /** Index of the level's first number in the output; `CELL_NUMBERS` for each cell, row by row. */
  readonly offset: number;
}

/** A cell's numbers: probability of no face and of a face, box regression x0, y0, x1, y1. */
export const CELL_NUMBERS = 6;

/**
 * How the frame is reduced. `direct`: bilinear from the frame (aliases below half size). `chain`: bilinear from the
 * next larger level. `mip`: halved by means of 2×2 as often as it fits, then bilinear.
 */
export type Reduction = 'direct' | 'chain' | 'mip';

export interface PyramidOptions {
  readonly height: number;
  readonly width: number;
  /** Reduced size over frame size, descending; each level must keep at least 12 pixels a side. */
  readonly scales: readonly number[];
  readonly reduction: Reduction;
}

/**
 * All of P-Net on frames of one size as one graph: [1, height, width, 3] standardised RGB (see `pnet.ts`; the padding of
 * a smaller picture is 0, mid-grey, below and to the right) → [1, numbers], the levels' cells one after the other. One
 * output, because each one read costs. Throws `nn/bad-graph` when a level is smaller than a cell.
 */
export function pnetPyramid(options: PyramidOptions): { graph: Graph; levels: PyramidLevel[] } {
  const { height, width, scales, reduction } = options;
  const g = new GraphBuilder(`PNet ${width}×${height}`);
  let source: Picture = { name: g.input('PNet/input', [1, height, width, 3]), height, width, shows: { height, width } };
  const flat: string[] = [];
  const cells: string[] = [];
  const levels: { scaleX: number; scaleY: number }[] = [];
  scales.forEach((scale, i) => {
    const size = { height: Math.ceil(height * scale), width: Math.ceil(width * scale) };
    if (reduction === 'mip') source = halved(g, source, size);
    levels.push({ scaleX: size.width / source.shows.width, scaleY: size.height / source.shows.height });
    const x = resized(g, `PNet/level${i}`, source, size);
    if (reduction === 'chain') source = { ...source, name: x, ...size };
    const cell = g.add(`PNet/level${i}/cells`, pnetLayers(g, x, `PNet/level${i}`), { op: 'concat' });
    cells.push(cell);
    flat.push(g.add(`PNet/level${i}/flat`, cell, { op: 'flatten' }));
  });
  const output = flat.length > 1 ? g.add('PNet/output', flat, { op: 'concat' }) : flat[0]!;
  const graph = g.graph([output]);
  const shapes = inferShapes(graph);
  let offset = 0;
  return {
    graph,
    levels: levels.map((level, i) => {
      const [, rows, columns] = shapes.get(cells[i]!) as [number, number, number, number];
      const place = { ...level, rows, columns, offset };
      offset += rows * columns * CELL_NUMBERS;
      return place;
    }),
  };
}

interface Size {
  readonly height: number;
  readonly width: number;
}
interface Picture extends Size {
  readonly name: string;
  /** Size of the part of the frame, from its top left corner, that it shows. */
  readonly shows: Size;
}

/** `source` halved until another halving would make it smaller than `size`; an odd last row or column is left out. */
function halved(g: GraphBuilder, source: Picture, size: Size): Picture {
  let picture = source;
  for (;;) {
    const next = { height: Math.floor(picture.height / 2), width: Math.floor(picture.width / 2) };
    if (next.height < size.height || next.width < size.width) return picture;
    const shows = {
      height: (picture.shows.height / picture.height) * next.height * 2,
      width: (picture.shows.width / picture.width) * next.width * 2,
    };
    const name = `PNet/half${next.width}×${next.height}`;
    g.add(name, picture.name, { op: 'avgPool', size: 2, stride: 2, padding: 'valid' });
    picture = { name, ...next, shows };
  }
}

function resized(g: GraphBuilder, name: string, source: Picture, { height, width }: Size): string {
  if (source.height === height && source.width === width) return source.name;
  return g.add(name, source.name, { op: 'resize', height, width });
}
