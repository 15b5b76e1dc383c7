import { expect, test } from 'vitest';
import { CELL_NUMBERS, pnetPyramid } from '../../../../src/models/pnetPyramid';
import { integralsOf } from '../../../../src/pipeline/detect/integral';
import { levelInput, proposals, type PictureLevel } from '../../../../src/pipeline/detect/pnet';

const size = { width: 40, height: 30 };
/** A level of a frame of 48×32, of which the picture fills 40×30 at half size. */
const level: PictureLevel = { ...pnetPyramid([{ width: 48, height: 32 }]).levels[0]!, scale: 0.5, size };

function output(...cells: (readonly [row: number, column: number, score: number, ...shift: number[]])[]): Float32Array {
  const out = new Float32Array(level.rows * level.columns * CELL_NUMBERS);
  for (const [row, column, score, ...shift] of cells)
    out.set([1 - score, score, ...shift], (row * level.columns + column) * CELL_NUMBERS);
  return out;
}

test("a cell's window is 12 level pixels, two apart, counted from 1 in the picture's own size", () => {
  const [found] = proposals(output([2, 3, 0.9, 0, 0, 0, 0]), [level], 0.6);
  expect(found).toEqual({ x0: 14, y0: 10, x1: 36, y1: 32, score: expect.closeTo(0.9) as number });
});

test('the regression moves the box, which is then made square', () => {
  const [found] = proposals(output([2, 3, 0.9, 0.5, 0, 0.5, 0.5]), [level], 0.6);
  expect(found!.x1 - found!.x0).toBeCloseTo(found!.y1 - found!.y0);
  expect((found!.x0 + found!.x1) / 2).toBeCloseTo(36);
  expect((found!.y0 + found!.y1) / 2).toBeCloseTo(26.5);
});

test('below the threshold nothing is proposed, at it something is', () => {
  expect(proposals(output([2, 3, 0.5, 0, 0, 0, 0]), [level], 0.5)).toHaveLength(1);
  expect(proposals(output([2, 3, 0.49, 0, 0, 0, 0]), [level], 0.5)).toEqual([]);
});

test('windows that look into the padding are no proposals', () => {
  // The picture has 15 columns and 10 rows of cells; the frame more.
  expect([level.columns, level.rows]).toEqual([19, 11]);
  expect(proposals(output([9, 14, 0.9, 0, 0, 0, 0]), [level], 0.6)).toHaveLength(1);
  expect(proposals(output([9, 15, 0.9, 0, 0, 0, 0], [10, 14, 0.9, 0, 0, 0, 0]), [level], 0.6)).toEqual([]);
});

test('neighbours of one level are thinned out to the best', () => {
  const found = proposals(output([2, 3, 0.8, 0, 0, 0, 0], [2, 4, 0.95, 0, 0, 0, 0]), [level], 0.6);
  expect(found.map(({ score }) => Math.round(score * 100))).toEqual([95]);
});

test("a level's input is the reduced picture, standardised, its edge one pixel on, then grey", () => {
  const data = new Uint8ClampedArray(8 * 8 * 4).fill(255);
  const out = new Float32Array(7 * 6 * 3).fill(9);
  const [white] = integralsOf([{ width: 8, height: 8, data }]);
  levelInput(white!, { width: 4, height: 4 }, { width: 7, height: 6 }, out);
  const at = (x: number, y: number): number => out[(y * 7 + x) * 3]!;
  const bright = 127.5 / 128;
  expect([at(0, 0), at(3, 3), at(4, 3), at(3, 4), at(5, 0), at(0, 5)]).toEqual(
    [bright, bright, bright, bright, 0, 0].map((value) => expect.closeTo(value, 5) as number),
  );
});
