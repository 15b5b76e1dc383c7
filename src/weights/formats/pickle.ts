import { badFormat, checkLength, countOf, copyOf, rowOrder, type FloatArray } from './array';
import { readNpyHeader } from './npy';

/**
 * A reader for the pickled `.npy` files in which MTCNN's weights are published: a dictionary of layers, each a
 * dictionary of float32 arrays. It knows only the opcodes and the three NumPy names that such files hold, builds plain
 * values from them, and calls nothing that the file names.
 */

class ByteString {
  constructor(readonly bytes: Uint8Array) {}
}
class Global {
  constructor(readonly name: string) {}
}
class Dtype {
  littleEndian = false;
  constructor(readonly kind: string) {}
}
class PickledArray {
  shape: readonly number[] = [];
  dtype: Dtype | null = null;
  columnOrder = false;
  content: Value = null;
}
class Mark {}

type Value = null | boolean | number | string | ByteString | Global | Dtype | PickledArray | Mark | Value[] | Dict;
type Dict = Map<string, Value>;

const RECONSTRUCT = 'numpy.core.multiarray _reconstruct';
const NDARRAY = 'numpy ndarray';
const DTYPE = 'numpy dtype';
const GLOBALS: ReadonlySet<string> = new Set([RECONSTRUCT, NDARRAY, DTYPE]);

export type Layers = ReadonlyMap<string, ReadonlyMap<string, FloatArray>>;

/** Reads the layers of such a file. Throws `weights/bad-format`, `weights/truncated` or `weights/oversized`; `file` is its name. */
export function readPickledLayers(bytes: Uint8Array, file: string): Layers {
  const header = readNpyHeader(bytes, file);
  if (header.descr !== '|O' || header.shape.length !== 0) throw badFormat(file, 'it is not a pickled object');
  const top = new Unpickler(bytes.subarray(header.start), file).run();
  const content = top instanceof PickledArray && top.dtype?.kind === 'O' ? top.content : null;
  const layers = Array.isArray(content) && content.length === 1 ? content[0] : null;
  if (!(layers instanceof Map)) throw badFormat(file, 'it does not hold a dictionary of layers');
  return new Map([...layers].map(([layer, parts]) => [layer, readParts(parts, layer, file)]));
}

function readParts(parts: Value, layer: string, file: string): ReadonlyMap<string, FloatArray> {
  if (!(parts instanceof Map)) throw badFormat(file, `the layer ${layer} is not a dictionary`);
  return new Map([...parts].map(([name, array]) => [name, readArray(array, `${layer}/${name}`, file)]));
}

function readArray(value: Value, name: string, file: string): FloatArray {
  if (!(value instanceof PickledArray)) throw badFormat(file, `${name} is not an array`);
  const { shape, dtype, columnOrder, content } = value;
  if (!(dtype?.kind === 'f4' && dtype.littleEndian)) throw badFormat(file, `${name} is not of little-endian float32`);
  if (!(content instanceof ByteString)) throw badFormat(file, `${name} holds no bytes`);
  checkLength(content.bytes.length, countOf(shape, file) * 4, file);
  const data = new Float32Array(copyOf(content.bytes));
  return { shape, data: columnOrder && shape.length > 1 ? rowOrder(data, shape) : data };
}

class Unpickler {
  private at = 0;
  private readonly stack: Value[] = [];
  private readonly memo = new Map<number, Value>();
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly file: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): Value {
    for (;;) {
      const opcode = String.fromCharCode(this.take(1)[0]!);
      if (opcode === '.') {
        checkLength(this.bytes.length, this.at, this.file);
        return this.pop();
      }
      this.step(opcode);
    }
  }

  private step(opcode: string): void {
    const { stack } = this;
    switch (opcode) {
      case '\x80': // PROTO
        if (this.byte() > 2) throw this.bad('a newer pickle protocol');
        return;
      case 'c': // GLOBAL
        return void stack.push(this.global(`${this.line()} ${this.line()}`));
      case 'q': // BINPUT
        return void this.memo.set(this.byte(), this.top());
      case 'r': // LONG_BINPUT
        return void this.memo.set(this.int32(), this.top());
      case 'h': // BINGET
        return void stack.push(this.recall(this.byte()));
      case 'j': // LONG_BINGET
        return void stack.push(this.recall(this.int32()));
      case 'N':
        return void stack.push(null);
      case '\x88':
        return void stack.push(true);
      case '\x89':
        return void stack.push(false);
      case 'K': // BININT1
        return void stack.push(this.byte());
      case 'M': // BININT2
        return void stack.push(this.byte() + 256 * this.byte());
      case 'J': // BININT
        return void stack.push(this.int32());
      case 'U': // SHORT_BINSTRING
        return void stack.push(new ByteString(this.take(this.byte())));
      case 'T': // BINSTRING
        return void stack.push(new ByteString(this.take(this.int32())));
      case 'X': // BINUNICODE
        return void stack.push(new TextDecoder().decode(this.take(this.int32())));
      case '(':
        return void stack.push(new Mark());
      case ']': // EMPTY_LIST
      case ')': // EMPTY_TUPLE
        return void stack.push([]);
      case '}':
        return void stack.push(new Map());
      case 't': // TUPLE
        return void stack.push(this.popToMark());
      case '\x85': // TUPLE1
      case '\x86':
      case '\x87': // TUPLE3
        return void stack.push(this.popMany(opcode.charCodeAt(0) - 0x84));
      case 'a': {
        // APPEND
        this.append([this.pop()]);
        return;
      }
      case 'e': {
        // APPENDS
        this.append(this.popToMark());
        return;
      }
      case 's': {
        // SETITEM
        this.setItems(this.popMany(2));
        return;
      }
      case 'u': {
        // SETITEMS
        this.setItems(this.popToMark());
        return;
      }
      case 'R': {
        this.reduce();
        return;
      }
      case 'b': {
        this.build();
        return;
      }
      default:
        throw this.bad(`the pickle opcode 0x${opcode.charCodeAt(0).toString(16)} is not read here`);
    }
  }

  /** NumPy's two constructors that such a file calls, as empty values of our own. */
  private reduce(): void {
    const [callee, args] = this.popMany(2);
    if (!(callee instanceof Global) || !Array.isArray(args)) throw this.bad('a call of something that is not a name');
    const first = args[0];
    if (callee.name === RECONSTRUCT && first instanceof Global && first.name === NDARRAY) {
      this.stack.push(new PickledArray());
    } else if (callee.name === DTYPE && first instanceof ByteString) {
      this.stack.push(new Dtype(asText(first) === 'O8' ? 'O' : asText(first)));
    } else {
      throw this.bad(`a call of ${callee.name}`);
    }
  }

  /** Fills in what `reduce` made: an array's (version, shape, dtype, order, content) or a type's (version, byte order, …). */
  private build(): void {
    const state = this.pop();
    const target = this.top();
    if (!Array.isArray(state)) throw this.bad('a state that is not a tuple');
    if (target instanceof Dtype) {
      target.littleEndian = state[1] instanceof ByteString && asText(state[1]) === '<';
    } else if (target instanceof PickledArray) {
      const [, shape, dtype, columnOrder, content] = state;
      if (
        !Array.isArray(shape) ||
        !(dtype instanceof Dtype) ||
        typeof columnOrder !== 'boolean' ||
        content === undefined
      )
        throw this.bad('an array without shape or type');
      countOf(shape, this.file);
      target.shape = shape.map(Number);
      target.dtype = dtype;
      target.columnOrder = columnOrder;
      target.content = content;
    } else {
      throw this.bad('a state for something that has none');
    }
  }

  private append(values: readonly Value[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.bad('an item for something that is not a list');
    for (const value of values) list.push(value);
  }

  private setItems(pairs: readonly Value[]): void {
    const dict = this.top();
    if (!(dict instanceof Map) || pairs.length % 2) throw this.bad('items for something that is not a dictionary');
    for (let i = 0; i < pairs.length; i += 2) {
      const key = pairs[i];
      if (key instanceof ByteString) dict.set(asText(key), pairs[i + 1]!);
      else if (typeof key === 'string') dict.set(key, pairs[i + 1]!);
      else throw this.bad('a key that is not text');
    }
  }

  private global(name: string): Global {
    if (!GLOBALS.has(name)) throw this.bad(`it names ${JSON.stringify(name)}`);
    return new Global(name);
  }

  private recall(index: number): Value {
    const value = this.memo.get(index);
    if (value === undefined) throw this.bad('a reference to nothing');
    return value;
  }

  private top(): Value {
    if (this.stack.length === 0) throw this.bad('an empty stack');
    return this.stack.at(-1)!;
  }

  private pop(): Value {
    const value = this.top();
    if (value instanceof Mark) throw this.bad('a mark where a value is needed');
    this.stack.pop();
    return value;
  }

  private popMany(count: number): Value[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  private popToMark(): Value[] {
    const mark = this.stack.findLastIndex((value) => value instanceof Mark);
    if (mark < 0) throw this.bad('no mark');
    return this.stack.splice(mark).slice(1);
  }

  private byte(): number {
    return this.take(1)[0]!;
  }

  private int32(): number {
    this.take(4);
    return this.view.getInt32(this.at - 4, true);
  }

  private line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0 || end - this.at > 100) throw this.bad('a name without an end');
    const text = asText(new ByteString(this.take(end - this.at)));
    this.take(1);
    return text;
  }

  private take(count: number): Uint8Array {
    if (count < 0) throw this.bad('a negative length');
    if (this.at + count > this.bytes.length) checkLength(this.bytes.length, this.at + count, this.file);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  private bad(reason: string): Error {
    return badFormat(this.file, reason);
  }
}

function asText({ bytes }: ByteString): string {
  return String.fromCharCode(...bytes.subarray(0, 200));
}
