import { ADD, CONTINUE_IF, constant, END, get, I32, instantiate, LESS, LOAD, loadAt, LOOP, set } from '../wasmCode';
import { simd, spreadAt, STORE, SUBTRACT, tee, V128, ZERO, type Code } from '../wasmCode';
import { LANES } from './dotKernel';

/** Queries that share one pass over the rows. */
export const QUERIES = 4;
/** Bytes of rows at a time: they stay in the processor's cache while all queries pass. */
const BLOCK_BYTES = 65_536;
const PAGE = 65_536;
const NUMBER_BYTES = 4;

/** Of a row or query, beside its codes; see `near`. */
export interface PairNumbers {
  /** Its squared length. */
  readonly norm: number;
  /** Of its codes. */
  readonly scale: number;
  /** Its length outside of its codes. */
  readonly rest: number;
  /** The largest squared distance, times the inverses of both, that matters to it. */
  readonly reach: number;
  readonly inverse: number;
}
const NUMBERS = 5;

export interface PairKernel {
  /** Most rows at a time. */
  readonly rows: number;
  /** The rows that are compared next: codes one after the other. */
  setRows(codes: Int8Array): void;
  setRow(row: number, numbers: PairNumbers): void;
  setReach(row: number, reach: number): void;
  /** The queries' codes lie one after the other. */
  setQueries(codes: Int8Array): void;
  setQuery(query: number, numbers: PairNumbers): void;
  /**
   * The rows, in order, that may be near one of the queries: those for which, in single precision, norm + norm′
   * − 2 scale scale′ dot − 2 rest rest′ ≤ max(reach, reach′) inverse inverse′ + slack. A view, valid until the next call.
   */
  near(slack: number): Int32Array;
  /** Of `near`: the dot product of row r with query q at `QUERIES` r + q, exact. */
  readonly dots: Int32Array;
}

/**
 * Compares many rows with many queries of `size` (a multiple of 16) signed bytes: a row's bytes are widened once for four
 * queries, which takes two thirds of the time of a query at a time (`createDotKernel`).
 */
export function createPairKernel(size: number): PairKernel {
  const rows = Math.max(1, Math.floor(BLOCK_BYTES / size));
  const narrowAt = 2 * QUERIES * size;
  const queryAt = narrowAt + QUERIES * size;
  const slackAt = queryAt + NUMBERS * QUERIES * NUMBER_BYTES;
  const sumsAt = slackAt + LANES;
  const numbersAt = sumsAt + rows * QUERIES * NUMBER_BYTES;
  const foundAt = numbersAt + rows * NUMBERS * NUMBER_BYTES;
  const endAt = foundAt + (rows + 1) * NUMBER_BYTES;
  const rowsAt = endAt + LANES;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((rowsAt + rows * size) / PAGE) });
  const vectors = Array<number>(QUERIES + 2).fill(V128);
  const { dots, widen, near } = instantiate(memory, [
    { name: 'dots', parameters: [I32, I32, I32, I32], locals: [I32, ...vectors], body: loopOverRows(size) },
    { name: 'widen', parameters: [I32, I32], locals: [I32, V128], body: widenQueries() },
    {
      name: 'near',
      parameters: [I32, I32, I32, I32],
      locals: [I32, ...Array<number>(NUMBERS + 1).fill(V128)],
      body: loopOverSums(queryAt, endAt),
    },
  ]);
  const bytes = new Int8Array(memory.buffer);
  const sums = new Int32Array(memory.buffer, sumsAt, rows * QUERIES);
  const numbers = new Float32Array(memory.buffer, numbersAt, rows * NUMBERS);
  const query = new Float32Array(memory.buffer, queryAt, NUMBERS * QUERIES + QUERIES);
  const found = new Int32Array(memory.buffer, foundAt, rows + 1);
  const end = new Int32Array(memory.buffer, endAt, 1);
  let count = 0;
  return {
    rows,
    dots: sums,
    setRows(codes) {
      bytes.set(codes, rowsAt);
      count = codes.length / size;
    },
    setRow(row, { norm, scale, rest, reach, inverse }) {
      numbers.set([norm, scale, rest, reach, inverse], NUMBERS * row);
    },
    setReach(row, reach) {
      numbers[NUMBERS * row + 3] = reach;
    },
    setQueries(codes) {
      bytes.set(codes, narrowAt);
      widen(narrowAt, QUERIES * size);
    },
    setQuery(at, { norm, scale, rest, reach, inverse }) {
      query[at] = norm;
      query[QUERIES + at] = 2 * scale;
      query[2 * QUERIES + at] = 2 * rest;
      query[3 * QUERIES + at] = reach;
      query[4 * QUERIES + at] = inverse;
    },
    near(slack) {
      if (count === 0) return found.subarray(0, 0);
      query.fill(slack, NUMBERS * QUERIES);
      dots(rowsAt, count, size, sumsAt);
      near(numbersAt, count, sumsAt, foundAt);
      return found.subarray(0, (end[0]! - foundAt) / NUMBER_BYTES);
    },
  };
}

/** i16x8.extend_low_i8x16_s and _high_. */
const [LOW, HIGH] = [simd(135), simd(136)];
const PLUS = simd(174); // i32x4.add
const DOT = simd(186); // i32x4.dot_i16x8_s

/** i8x16.shuffle that puts together 32-bit lanes of two vectors, 0 to 3 of the first and 4 to 7 of the second. */
const lanes = (...chosen: readonly number[]): Code => [
  simd(13),
  chosen.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
];

/**
 *   do { sum4[…] = 0; at = 0
 *     do { low, high = row[at…]; for each query: sum4 += dot(query[2 at…], low) + dot(query[2 at + 16…], high)
 *     } while ((at += 16) < size)
 *     sums[…] = each query's sum4[0] + … + sum4[3]; sums += 16
 *     row += size
 *   } while (--count)
 */
function loopOverRows(length: number): Code {
  const [row, count, size, sums, at, low, high, first] = [0, 1, 2, 3, 4, 5, 6, 7];
  const queries = Array.from({ length: QUERIES }, (_, query) => query);
  const add = (query: number): Code => {
    const from = 2 * length * query;
    const twice: Code = [get(at), get(at), ADD];
    return [
      [get(first + query), twice, loadAt(from), get(low), DOT, PLUS],
      [twice, loadAt(from + LANES), get(high), DOT, PLUS, set(first + query)],
    ];
  };
  // The halves of two queries' sums added: a0 + a2, b0 + b2, a1 + a3, b1 + b3.
  const halves = (a: number, b: number): Code => [
    [get(first + a), get(first + b), lanes(0, 4, 1, 5)],
    [get(first + a), get(first + b), lanes(2, 6, 3, 7), PLUS],
  ];
  return [
    LOOP,
    [constant(0), set(at), queries.map((query) => [ZERO, set(first + query)])],
    LOOP,
    [get(row), get(at), ADD, LOAD, tee(low), HIGH, set(high), get(low), LOW, set(low)],
    queries.map(add),
    [get(at), constant(LANES), ADD, tee(at), get(size), LESS, CONTINUE_IF, END],
    [halves(0, 1), set(low), halves(2, 3), set(high)],
    [get(sums), get(low), get(high), lanes(0, 1, 4, 5), get(low), get(high), lanes(2, 3, 6, 7), PLUS, STORE],
    [get(sums), constant(LANES), ADD, set(sums), get(row), get(size), ADD, set(row)],
    [get(count), constant(1), SUBTRACT, tee(count), CONTINUE_IF, END],
  ];
}

/**
 *   norm4, scale4, rest4, reach4, inverse4, slack4 = query[…]; index = 0
 *   do { *found = index; index++
 *     found += 4 × any(norm4 + norm − scale4 × scale × sums[…] − rest4 × rest ≤ max(reach4, reach) × inverse4 × inverse + slack4)
 *     row += 20; sums += 16
 *   } while (--count); *end = found
 */
function loopOverSums(queryAt: number, endAt: number): Code {
  const [row, count, sums, found, index, first] = [0, 1, 2, 3, 4, 5];
  const [norm, scale, rest, reach, inverse] = [0, 1, 2, 3, 4];
  const slack = NUMBERS;
  const own = (number: number): Code => get(first + number);
  const its = (number: number): Code => [get(row), spreadAt(NUMBER_BYTES * number)];
  const [PLUS_F, MINUS, TIMES, LARGER] = [simd(228), simd(229), simd(230), simd(233)]; // of f32x4
  const [AS_FLOAT, AT_MOST, ANY] = [simd(250), simd(0x45), simd(83)];
  const store: Code = [0x36, 2, 0];
  return [
    Array.from({ length: NUMBERS + 1 }, (_, number) => [constant(queryAt + number * LANES), LOAD, set(first + number)]),
    [constant(0), set(index)],
    LOOP,
    [get(found), get(index), store, get(index), constant(1), ADD, set(index)],
    [own(norm), its(norm), PLUS_F],
    [own(scale), its(scale), TIMES, get(sums), LOAD, AS_FLOAT, TIMES, MINUS],
    [own(rest), its(rest), TIMES, MINUS],
    [own(reach), its(reach), LARGER, own(inverse), TIMES, its(inverse), TIMES, own(slack), PLUS_F],
    [AT_MOST, ANY, constant(2), 0x74, get(found), ADD, set(found)],
    [get(row), constant(NUMBERS * NUMBER_BYTES), ADD, set(row), get(sums), constant(LANES), ADD, set(sums)],
    [get(count), constant(1), SUBTRACT, tee(count), CONTINUE_IF, END],
    [constant(endAt), get(found), store],
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
