/** Bytes of a WebAssembly vector: rows must have a multiple of so many. */
export const LANES = 16;

const PAGE = 65_536;
const I32 = 0x7f;
const V128 = 0x7b;
/** Where the row to compare with lies in the kernel's memory; sums and rows follow. */
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
 * Dot products of rows of `size` (a multiple of 16) signed bytes, exact: sixteen at a time by WebAssembly's SIMD, which no
 * TypeScript reaches; a network's engine would have to compile all rows as weights. The code is written out byte by byte
 * (WebAssembly core specification 2.0, binary format) and has only to pass through its own memory, of some 130 kB.
 */
export function createDotKernel(size: number): DotKernel {
  const rows = Math.max(1, Math.floor((2 * PAGE) / size));
  const sumsAt = QUERY_AT + size;
  const rowsAt = sumsAt + Math.ceil((4 * rows) / LANES) * LANES;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((rowsAt + rows * size) / PAGE) });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()), { js: { memory } });
  const run = instance.exports['dots'];
  if (typeof run !== 'function') throw new TypeError('the kernel exports no function');
  const bytes = new Int8Array(memory.buffer);
  const sums = new Int32Array(memory.buffer, sumsAt, rows);
  return {
    rows,
    setQuery: (codes) => bytes.set(codes, QUERY_AT),
    dots(codes) {
      const count = codes.length / size;
      bytes.set(codes, rowsAt);
      run(rowsAt, count, size, sumsAt);
      return sums.subarray(0, count);
    },
  };
}

type Code = readonly (number | Code)[];

/** `(import "js" "memory") (func (export "dots") (param row count size sum))`. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const name = (text: string): Code => [text.length, ...text.split('').map((letter) => letter.charCodeAt(0))];
  const section = (id: number, content: Code): Code => [id, sized(content)];
  const code: Code = [
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, [1, 0x60, 4, I32, I32, I32, I32, 0]),
    section(2, [1, name('js'), name('memory'), 2, 0, 1]),
    section(3, [1, 0]),
    section(7, [1, name('dots'), 0, 0]),
    section(10, [1, sized([2, 1, I32, 3, V128, ...loopOverRows()])]),
  ];
  return Uint8Array.from(code.flat(Infinity as 1) as number[]);
}

/**
 *   do { sum4 = 0; at = 0
 *     do { x = query[at…], y = row[at…]; sum4 += dot(low(x), low(y)) + dot(high(x), high(y)) } while ((at += 16) < size)
 *     *sum = sum4[0] + … + sum4[3]; sum += 4; row += size
 *   } while (--count)
 */
function loopOverRows(): Code {
  const [row, count, size, sum, at, sum4, x, y] = [0, 1, 2, 3, 4, 5, 6, 7];
  const get = (local: number): Code => [0x20, local];
  const set = (local: number): Code => [0x21, local];
  const tee = (local: number): Code => [0x22, local];
  const simd = (op: number): Code => [0xfd, unsigned(op)];
  const [add, subtract, less, loop, end, continueIf] = [0x6a, 0x6b, 0x49, [0x03, 0x40], 0x0b, [0x0d, 0]];
  const constant = (value: number): Code => [0x41, value]; // under 64: one byte
  const load: Code = [simd(0), 0, 0];
  const lane = (index: number): Code => [get(sum4), simd(27), index];
  // i16x8.extend_low or _high_i8x16_s of both, i32x4.dot_i16x8_s
  const product = (extend: number): Code => [get(x), simd(extend), get(y), simd(extend), simd(186)];
  const plus: Code = simd(174); // i32x4.add
  return [
    loop,
    [constant(0), set(at), simd(12), Array<number>(LANES).fill(0), set(sum4)],
    loop,
    [get(at), load, set(x), get(row), get(at), add, load, set(y)],
    [get(sum4), product(135), plus, product(136), plus, set(sum4)],
    [get(at), constant(LANES), add, tee(at), get(size), less, continueIf, end],
    [get(sum), lane(0), lane(1), add, lane(2), add, lane(3), add, [0x36, 2, 0]],
    [get(sum), constant(4), add, set(sum), get(row), get(size), add, set(row)],
    [get(count), constant(1), subtract, tee(count), continueIf, end],
    end,
  ];
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, unsigned(value >>> 7)];
}

function sized(content: Code): Code {
  const bytes = content.flat(Infinity as 1);
  return [unsigned(bytes.length), bytes as number[]];
}
