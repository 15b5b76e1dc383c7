import { GraphBuilder } from '../nn/builder';
import type { Graph } from '../nn/graph';
import { inferShapes } from '../nn/shapes';
import { pnetLayers } from './pnet';

/** Where a level's cells lie in the output. */
export interface PyramidLevel {
  /** Cells in this level; cell (row, column) covers the 12×12 level pixels from (2 column, 2 row). */
  readonly rows: number;
  readonly columns: number;
  /** Index of the level's first number in the output; `CELL_NUMBERS` for each cell, row by row. */
  readonly offset: number;
}

/** A cell's numbers: probability of no face and of a face, box regression x0, y0, x1, y1. */
export const CELL_NUMBERS = 6;

/**
 * All of P-Net on a pyramid of reduced copies as one graph: an input [1, height, width, 3] a level, standardised RGB (see
 * `pnet.ts`) → [1, numbers], the levels' cells one after the other. One output, because each one read costs. The copies
 * are not made in the graph: its bilinear resize, even over halved copies, moves boxes too far from those of area means.
 * Throws `nn/bad-graph` when a level is smaller than a cell.
 */
export function pnetPyramid(sizes: readonly { readonly height: number; readonly width: number }[]): {
  graph: Graph;
  levels: PyramidLevel[];
} {
  const g = new GraphBuilder(`PNet ${sizes.map(({ width, height }) => `${width}×${height}`).join(' ')}`);
  const inputs = sizes.map(({ height, width }, i) => g.input(`PNet/level${i}`, [1, height, width, 3]));
  const cells = inputs.map((x) => g.add(`${x}/cells`, pnetLayers(g, x, x), { op: 'concat' }));
  const flat = cells.map((x) => g.add(`${x}/flat`, x, { op: 'flatten' }));
  const output = flat.length > 1 ? g.add('PNet/output', flat, { op: 'concat' }) : flat[0]!;
  const graph = g.graph([output]);
  const shapes = inferShapes(graph);
  let offset = 0;
  const levels = cells.map((name) => {
    const [, rows, columns] = shapes.get(name) as [number, number, number, number];
    const level = { rows, columns, offset };
    offset += rows * columns * CELL_NUMBERS;
    return level;
  });
  return { graph, levels };
}
