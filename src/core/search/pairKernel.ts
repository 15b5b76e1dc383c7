import { ADD, CONTINUE_IF, constant, END, get, I32, instantiate, LESS, LOAD, loadAt, LOOP, set } from '../wasmCode';
import { simd, SUBTRACT, tee, V128, ZERO, type Code } from '../wasmCode';
import { LANES } from './dotKernel';

/** Queries that share one pass over the rows. */
export const QUERIES = 4;
/** Bytes of rows at a time: they stay in the processor's cache while all queries pass. */
const BLOCK_BYTES = 65_536;
const PAGE = 65_536;
const SUM_BYTES = 4;

export interface PairKernel {
  /** Most rows at a time. */
  readonly rows: number;
  /** The rows that are compared next: codes one after the other. */
  setRows(codes: Int8Array): void;
  /**
   * The dot products of each row with `QUERIES` queries, whose codes lie one after the other: that of row r with query q at
   * `QUERIES` r + q. A view, valid until the next call.
   */
  dots(queries: Int8Array): Int32Array;
}

/**
 * Dot products of many rows with many queries of `size` (a multiple of 16) signed bytes, exact: a row's bytes are widened
 * once for four queries, which takes two thirds of the time of a query at a time (`createDotKernel`).
 */
export function createPairKernel(size: number): PairKernel {
  const rows = Math.max(1, Math.floor(BLOCK_BYTES / size));
  const narrowAt = 2 * QUERIES * size;
  const sumsAt = narrowAt + QUERIES * size;
  const rowsAt = sumsAt + rows * QUERIES * SUM_BYTES;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((rowsAt + rows * size) / PAGE) });
  const vectors = Array<number>(QUERIES + 2).fill(V128);
  const { dots, widen } = instantiate(memory, [
    { name: 'dots', parameters: [I32, I32, I32, I32], locals: [I32, ...vectors], body: loopOverRows(size) },
    { name: 'widen', parameters: [I32, I32], locals: [I32, V128], body: widenQueries() },
  ]);
  const bytes = new Int8Array(memory.buffer);
  const sums = new Int32Array(memory.buffer, sumsAt, rows * QUERIES);
  let count = 0;
  return {
    rows,
    setRows(codes) {
      bytes.set(codes, rowsAt);
      count = codes.length / size;
    },
    dots(queries) {
      bytes.set(queries, narrowAt);
      widen(narrowAt, QUERIES * size);
      if (count > 0) dots(rowsAt, count, size, sumsAt);
      return sums.subarray(0, QUERIES * count);
    },
  };
}

/** i16x8.extend_low_i8x16_s and _high_. */
const [LOW, HIGH] = [simd(135), simd(136)];
const PLUS = simd(174); // i32x4.add
const DOT = simd(186); // i32x4.dot_i16x8_s

/**
 *   do { sum4[…] = 0; at = 0
 *     do { low, high = row[at…]; for each query: sum4 += dot(query[2 at…], low) + dot(query[2 at + 16…], high)
 *     } while ((at += 16) < size)
 *     for each query { *sum = sum4[0] + … + sum4[3]; sum += 4 }
 *     row += size
 *   } while (--count)
 */
function loopOverRows(length: number): Code {
  const [row, count, size, sum, at, low, high, first] = [0, 1, 2, 3, 4, 5, 6, 7];
  const queries = Array.from({ length: QUERIES }, (_, query) => query);
  const add = (query: number): Code => {
    const from = 2 * length * query;
    const twice: Code = [get(at), get(at), ADD];
    return [
      [get(first + query), twice, loadAt(from), get(low), DOT, PLUS],
      [twice, loadAt(from + LANES), get(high), DOT, PLUS, set(first + query)],
    ];
  };
  const lane = (query: number, index: number): Code => [get(first + query), simd(27), index];
  const store = (query: number): Code => [
    [get(sum), lane(query, 0), lane(query, 1), ADD, lane(query, 2), ADD, lane(query, 3), ADD, [0x36, 2, 0]],
    [get(sum), constant(SUM_BYTES), ADD, set(sum)],
  ];
  return [
    LOOP,
    [constant(0), set(at), queries.map((query) => [ZERO, set(first + query)])],
    LOOP,
    [get(row), get(at), ADD, LOAD, tee(low), HIGH, set(high), get(low), LOW, set(low)],
    queries.map(add),
    [get(at), constant(LANES), ADD, tee(at), get(size), LESS, CONTINUE_IF, END],
    queries.map(store),
    [get(row), get(size), ADD, set(row)],
    [get(count), constant(1), SUBTRACT, tee(count), CONTINUE_IF, END],
  ];
}

/** Bytes at `from` become numbers of two bytes each at 0. */
function widenQueries(): Code {
  const [from, length, at, x] = [0, 1, 2, 3];
  const target: Code = [get(at), get(at), ADD];
  return [
    LOOP,
    [get(from), get(at), ADD, LOAD, set(x)],
    [target, get(x), LOW, simd(11), 0, 0],
    [target, constant(LANES), ADD, get(x), HIGH, simd(11), 0, 0],
    [get(at), constant(LANES), ADD, tee(at), get(length), LESS, CONTINUE_IF, END],
  ];
}
