import { decodeFloat16 } from '../../core/float16';
import { badFormat, checkLength, copyOf, countOf, type FloatArray } from './array';
import { FlatTable } from './flatTable';

/** Element types by the schema's numbers, with bytes an element. All others have a shape only. */
const TYPES: ReadonlyMap<number, { readonly name: 'float32' | 'float16' | 'int8'; readonly size: number }> = new Map([
  [0, { name: 'float32', size: 4 }],
  [1, { name: 'float16', size: 2 }],
  [9, { name: 'int8', size: 1 }],
]);
const IDENTIFIER = 'TFL3';
const VERSION = 3;
const MAX_RANK = 8;
const MAX_INPUTS = 4096;
const MAX_CHANNELS = 1 << 20;

export interface TfliteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /**
   * The numbers of a constant, float16 and 8-bit ones as float32; null for values that are computed and for types that
   * hold no weights. Throws `weights/bad-format`, `weights/truncated`, `weights/oversized`.
   */
  read(): FloatArray | null;
}

export interface TfliteOperator {
  /** The schema's number of the operation: 3 is CONV_2D. */
  readonly code: number;
  /** Tensors by index; −1 for an optional one that is not there. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface TfliteFile {
  readonly tensors: readonly TfliteTensor[];
  /** In the order in which they run. */
  readonly operators: readonly TfliteOperator[];
}

/**
 * Reads a `.tflite` model of one graph: FlatBuffers with the identifier TFL3. Its numbers are decoded only when asked
 * for, and only after the bytes were found to be there. `file` is its name, for errors: `weights/bad-format`.
 */
export function readTflite(bytes: Uint8Array, file: string): TfliteFile {
  if (new TextDecoder('latin1').decode(bytes.subarray(4, 8)) !== IDENTIFIER)
    throw badFormat(file, 'it is not a .tflite file');
  const model = FlatTable.root(bytes, file);
  if (model.int(0) !== VERSION) throw badFormat(file, `version ${model.int(0)} of .tflite`);
  // A later writer puts numbers beyond the old field's 127 into the new one.
  const codes = model.tables(1).map((code) => Math.max(code.byte(0), code.int(3)));
  const graphs = model.tables(2);
  if (graphs.length !== 1) throw badFormat(file, `${graphs.length} graphs in it`);
  const buffers = model.tables(4);
  const tensors = graphs[0]!.tables(0).map((table) => readTensor(table, buffers, file));
  const known = (index: number) => {
    if (index < -1 || index >= tensors.length) throw badFormat(file, `an operation names tensor ${index}`);
    return index;
  };
  const operators = graphs[0]!.tables(3).map((operator): TfliteOperator => {
    const code = codes[operator.int(0)];
    if (code === undefined) throw badFormat(file, `an operation names kind ${operator.int(0)}`);
    const list = (field: number) => operator.ints(field, MAX_INPUTS).map(known);
    return { code, inputs: list(1), outputs: list(2) };
  });
  return { tensors, operators };
}

function readTensor(table: FlatTable, buffers: readonly FlatTable[], file: string): TfliteTensor {
  const name = table.text(3);
  const shape = table.ints(0, MAX_RANK);
  const type = TYPES.get(table.byte(1));
  const buffer = buffers[table.int(2)];
  if (!buffer) throw badFormat(file, `${name} names buffer ${table.int(2)}`);
  const read = (): FloatArray | null => {
    const bytes = buffer.bytes(0);
    if (!type || !bytes || bytes.length === 0) return null;
    if (table.has(6)) throw badFormat(file, `${name} is stored without its zeros`);
    checkLength(bytes.length, countOf(shape, file) * type.size, `${file}: ${name}`);
    if (type.name === 'float32') return { shape, data: new Float32Array(copyOf(bytes)) };
    if (type.name === 'float16') return { shape, data: decodeFloat16(new Uint16Array(copyOf(bytes))) };
    return { shape, data: dequantise(new Int8Array(copyOf(bytes)), shape, table.table(4), `${file}: ${name}`) };
  };
  return { name, shape, read };
}

/** scale · (number − zero point), one scale for all or one for each index of the quantised dimension. */
function dequantise(
  numbers: Int8Array,
  shape: readonly number[],
  quantisation: FlatTable | null,
  file: string,
): Float32Array {
  const scales = quantisation?.floats(2, MAX_CHANNELS) ?? [];
  const zeros = quantisation?.longs(3, MAX_CHANNELS) ?? [];
  const axis = quantisation?.int(6) ?? 0;
  const channels = scales.length === 1 ? 1 : shape[axis];
  if (scales.length === 0 || scales.length !== channels) throw badFormat(file, `${scales.length} scales`);
  if (zeros.length > 1 && zeros.length !== channels) throw badFormat(file, `${zeros.length} zero points`);
  if (!scales.every(Number.isFinite)) throw badFormat(file, 'a scale that is no number');
  const after = channels === 1 ? numbers.length : shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  return Float32Array.from(numbers, (number, i) => {
    const channel = Math.floor(i / after) % channels;
    return scales[channel]! * (number - (zeros[zeros.length > 1 ? channel : 0] ?? 0));
  });
}
