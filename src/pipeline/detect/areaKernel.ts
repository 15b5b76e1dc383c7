import {
  ADD,
  CONTINUE_IF,
  constant,
  END,
  F64,
  get,
  I32,
  instantiate,
  LESS,
  LOAD,
  LOOP,
  set,
} from '../../core/wasmCode';
import { simd, STORE, SUBTRACT, tee, V128, ZERO, type Code } from '../../core/wasmCode';

const PAGE = 65_536;
/** Bytes of R, G, B as 32-bit numbers: a vector's first three lanes. The fourth is the next pixel's, written after it. */
const PIXEL = 12;
const VECTOR = 16;
/** Bytes of a column's or row's entry: two addresses as int32, then a float64. */
export const ENTRY = 16;
/** Bytes for tables, and for pixels and results on their way. */
const TABLES = 3 * PAGE;
const THROUGH = 2 * PAGE;
const SUMS_AT = TABLES + THROUGH;

/** WebAssembly's SIMD over the sums of pictures (see `integral.ts`), which are kept in its memory. */
export interface AreaKernel {
  /** The memory as numbers; new objects whenever `reserve` has made it larger. */
  readonly ints: Int32Array;
  readonly floats: Float32Array;
  readonly doubles: Float64Array;
  readonly bytes: Uint8Array;
  /** Bytes for tables, at 0, and for pixels and results, at `throughAt`. */
  readonly tables: number;
  readonly through: number;
  readonly throughAt: number;
  /** Replaces all earlier reservations; gives the address of each, of `lengths` bytes. */
  reserve(lengths: readonly number[]): number[];
  /**
   * Sums of `rows` rows of `width` RGBA pixels at `from`, to `to`, where rows are `stride` bytes apart and the one above
   * is complete.
   */
  sum(from: number, width: number, rows: number, to: number, stride: number): void;
  /**
   * Means over rectangles: `height` rows of `width` pixels, 12 bytes each and one after the other, to `to`. Entries of
   * the table at `columns` are the left and right edge (bytes from a row's beginning) and the factor by the width; those
   * at `rows` the top and bottom edge (addresses) and the height.
   */
  mean(columns: number, rows: number, width: number, height: number, to: number, offset: number): void;
}

/** Throws RangeError where the browser gives no memory. */
export function createAreaKernel(): AreaKernel {
  const memory = new WebAssembly.Memory({ initial: SUMS_AT / PAGE });
  const i32s = (count: number): number[] => Array<number>(count).fill(I32);
  const run = instantiate(memory, [
    { name: 'sum', parameters: i32s(5), locals: [V128, I32, I32], body: sumRows() },
    {
      name: 'mean',
      parameters: [...i32s(5), F64],
      locals: [...i32s(6), V128, V128, V128],
      body: meanRows(),
    },
  ]);
  const views = () => ({
    ints: new Int32Array(memory.buffer),
    floats: new Float32Array(memory.buffer),
    doubles: new Float64Array(memory.buffer),
    bytes: new Uint8Array(memory.buffer),
  });
  return {
    ...views(),
    tables: TABLES,
    through: THROUGH - VECTOR,
    throughAt: TABLES,
    reserve(lengths) {
      let end = SUMS_AT;
      const places = lengths.map((length) => {
        const at = end;
        end += Math.ceil((length + VECTOR) / VECTOR) * VECTOR;
        return at;
      });
      const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE);
      if (missing > 0) {
        memory.grow(missing);
        Object.assign(this, views());
      }
      return places;
    },
    sum: run.sum,
    mean: run.mean,
  };
}

// i32x4.add and sub, i8x16.shuffle, f64x2.splat, mul and add; conversions of the two low lanes
const [PLUS, MINUS, SHUFFLE, SPLAT] = [simd(174), simd(177), simd(13), simd(20)];
const [TIMES, PLUS_DOUBLE] = [simd(242), simd(240)];
const [TO_DOUBLE, TO_SINGLE] = [simd(254), simd(94)];
const I32_LOAD = (offset: number): Code => [0x28, 2, offset];
const F64_LOAD = (offset: number): Code => [0x2b, 3, offset];
const F64_DIVIDE = 0xa3;
/** A shuffle's lanes of 8 bytes: which halves of the two vectors. */
const halves = (first: number, second: number): Code =>
  [first, second].flatMap((half) => Array.from({ length: 8 }, (_, i) => half * 8 + i));

/**
 *   do { *to = 0; running = 0; at = to + 12; end = to + stride
 *     do { running += rgb(from); *at = above(at) + running; from += 4 } while ((at += 12) < end)
 *     to += stride
 *   } while (--rows)
 */
function sumRows(): Code {
  const [from, , rows, to, stride, running, at, end] = [0, 1, 2, 3, 4, 5, 6, 7];
  // v128.load32_zero, i16x8.extend_low_i8x16_u, i32x4.extend_low_i16x8_u
  const pixel: Code = [get(from), simd(92), 0, 0, simd(137), simd(169)];
  return [
    LOOP,
    [get(to), ZERO, STORE, ZERO, set(running)],
    [get(to), constant(PIXEL), ADD, set(at), get(to), get(stride), ADD, set(end)],
    LOOP,
    [get(at), get(at), get(stride), SUBTRACT, LOAD, get(running), pixel, PLUS, tee(running), PLUS, STORE],
    [get(from), constant(4), ADD, set(from)],
    [get(at), constant(PIXEL), ADD, tee(at), get(end), LESS, CONTINUE_IF, END],
    [get(to), get(stride), ADD, set(to)],
    [get(rows), constant(1), SUBTRACT, tee(rows), CONTINUE_IF, END],
  ];
}

/**
 *   do { top = rows[0], bottom = rows[1]; column = columns; end = column + 16 · width
 *     do { left = column[0], right = column[1]
 *       v = bottom[right] − bottom[left] − top[right] + top[left]
 *       *to = v · (column.factor / rows.height) + offset, as float64; to += 12
 *     } while ((column += 16) < end)
 *     rows += 16
 *   } while (--height)
 */
function meanRows(): Code {
  const [columns, rows, width, height, to, offset] = [0, 1, 2, 3, 4, 5];
  const [top, bottom, column, end, left, right, v, factor, low] = [6, 7, 8, 9, 10, 11, 12, 13, 14];
  const corner = (row: number, edge: number): Code => [get(row), get(edge), ADD, LOAD];
  const scaled: Code = [TO_DOUBLE, get(factor), TIMES, get(offset), SPLAT, PLUS_DOUBLE, TO_SINGLE];
  return [
    LOOP,
    [get(rows), I32_LOAD(0), set(top), get(rows), I32_LOAD(4), set(bottom)],
    [get(columns), tee(column), get(width), constant(ENTRY), 0x6c, ADD, set(end)],
    LOOP,
    [get(column), I32_LOAD(0), set(left), get(column), I32_LOAD(4), set(right)],
    [corner(bottom, right), corner(bottom, left), MINUS, corner(top, right), MINUS, corner(top, left), PLUS, set(v)],
    [get(column), F64_LOAD(8), get(rows), F64_LOAD(8), F64_DIVIDE, SPLAT, set(factor)],
    [get(v), scaled, set(low)],
    [get(to), get(low), get(v), get(v), SHUFFLE, halves(1, 1), scaled, SHUFFLE, halves(0, 2), STORE],
    [get(to), constant(PIXEL), ADD, set(to)],
    [get(column), constant(ENTRY), ADD, tee(column), get(end), LESS, CONTINUE_IF, END],
    [get(rows), constant(ENTRY), ADD, set(rows)],
    [get(height), constant(1), SUBTRACT, tee(height), CONTINUE_IF, END],
  ];
}
