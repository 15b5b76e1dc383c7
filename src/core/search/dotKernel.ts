import { ADD, CONTINUE_IF, constant, END, get, I32, instantiate, LESS, LOAD, LOOP, set, simd } from '../wasmCode';
import { SUBTRACT, tee, V128, ZERO, type Code } from '../wasmCode';

/** Bytes of a WebAssembly vector; rows have a multiple of it. */
export const LANES = 16;

const PAGE = 65_536;
/** Address of the query in the kernel's memory; sums and rows follow. */
const QUERY_AT = 0;

export interface DotKernel {
  /** Most rows at a time. */
  readonly rows: number;
  /** The row that the others are compared with. */
  setQuery(codes: Int8Array): void;
  /** The dot products of the query with `codes`, rows one after the other: a view, valid until the next call. */
  dots(codes: Int8Array): Int32Array;
}

/**
 * Exact dot products of rows of `size` (a multiple of 16) signed bytes, sixteen at a time by WebAssembly's SIMD; an engine
 * would have to compile all rows as weights. They pass through the kernel's own memory of some 130 kB.
 */
export function createDotKernel(size: number): DotKernel {
  const rows = Math.max(1, Math.floor((2 * PAGE) / size));
  const sumsAt = QUERY_AT + size;
  const rowsAt = sumsAt + Math.ceil((4 * rows) / LANES) * LANES;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((rowsAt + rows * size) / PAGE) });
  const { dots } = instantiate(memory, [
    { name: 'dots', parameters: [I32, I32, I32, I32], locals: [I32, V128, V128, V128], body: loopOverRows() },
  ]);
  const bytes = new Int8Array(memory.buffer);
  const sums = new Int32Array(memory.buffer, sumsAt, rows);
  return {
    rows,
    setQuery: (codes) => bytes.set(codes, QUERY_AT),
    dots(codes) {
      const count = codes.length / size;
      bytes.set(codes, rowsAt);
      dots(rowsAt, count, size, sumsAt);
      return sums.subarray(0, count);
    },
  };
}

/**
 *   do { sum4 = 0; at = 0
 *     do { x = query[at…], y = row[at…]; sum4 += dot(low(x), low(y)) + dot(high(x), high(y)) } while ((at += 16) < size)
 *     *sum = sum4[0] + … + sum4[3]; sum += 4; row += size
 *   } while (--count)
 */
function loopOverRows(): Code {
  const [row, count, size, sum, at, sum4, x, y] = [0, 1, 2, 3, 4, 5, 6, 7];
  const lane = (index: number): Code => [get(sum4), simd(27), index];
  // i16x8.extend_low or _high_i8x16_s of both, i32x4.dot_i16x8_s
  const product = (extend: number): Code => [get(x), simd(extend), get(y), simd(extend), simd(186)];
  const plus: Code = simd(174); // i32x4.add
  return [
    LOOP,
    [constant(0), set(at), ZERO, set(sum4)],
    LOOP,
    [get(at), LOAD, set(x), get(row), get(at), ADD, LOAD, set(y)],
    [get(sum4), product(135), plus, product(136), plus, set(sum4)],
    [get(at), constant(LANES), ADD, tee(at), get(size), LESS, CONTINUE_IF, END],
    [get(sum), lane(0), lane(1), ADD, lane(2), ADD, lane(3), ADD, [0x36, 2, 0]],
    [get(sum), constant(4), ADD, set(sum), get(row), get(size), ADD, set(row)],
    [get(count), constant(1), SUBTRACT, tee(count), CONTINUE_IF, END],
  ];
}
