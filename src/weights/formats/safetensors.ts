import { FaceError } from '../../core/errors';
import type { Weights, WeightTensor } from '../../core/weights';
import { badFormat, checkLength, countOf, copyOf } from './array';
import { asRecord, parseJson } from './json';

/**
 * The safetensors format: 8 bytes of header length, a JSON header of names, types, shapes and offsets, then the data
 * without holes. A tensor of 8-bit weights has its scales beside it as a float32 tensor `<name>/scale`.
 */

const TYPES = { F32: Float32Array, F16: Uint16Array, I8: Int8Array } as const;
type TypeName = keyof typeof TYPES;
/** Written in this order, so that each is aligned. Whole numbers of 64 bits are written for others and not read here. */
const WRITTEN = ['I64', 'F32', 'F16', 'I8'] as const;
const TYPE_OF = { float32: 'F32', float16: 'F16', int8: 'I8' } as const;

const SCALE = '/scale';
/** Far larger than any header of ours, and small enough to parse at once. */
const MAX_HEADER = 1 << 20;
const METADATA = '__metadata__';

/** An array as it is written. */
export interface WrittenArray {
  readonly name: string;
  readonly type: (typeof WRITTEN)[number];
  readonly shape: readonly number[];
  readonly data: ArrayBufferView;
}

interface Entry {
  readonly name: string;
  readonly type: TypeName;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/**
 * Reads and checks a whole file; nothing is returned unless all of it is right. The tensors are views into `bytes`
 * where its alignment allows, so `bytes` must not be changed or transferred afterwards.
 * Throws `weights/bad-format`, `weights/truncated` or `weights/oversized`; `file` is its name.
 */
export function readSafetensors(bytes: Uint8Array, file: string): Weights {
  const start = dataStart(bytes, file);
  const entries = parseHeader(bytes.subarray(8, start), file);
  checkOffsets(entries, bytes.length - start, file);

  const arrays = new Map(entries.map((entry) => [entry.name, entry]));
  const weights = new Map<string, WeightTensor>();
  for (const entry of entries) {
    if (entry.name.endsWith(SCALE) && arrays.get(entry.name.slice(0, -SCALE.length))?.type === 'I8') continue;
    weights.set(entry.name, readTensor(entry, arrays.get(entry.name + SCALE), bytes, start, file));
  }
  return weights;
}

/** Where the data begin: after 8 bytes of length and the header. Throws as `readSafetensors`. */
export function dataStart(bytes: Uint8Array, file: string): number {
  if (bytes.length < 8) throw new FaceError('weights/truncated', { file, expected: 8, got: bytes.length });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(0, true);
  if (view.getUint32(4, true) !== 0 || headerLength > MAX_HEADER) throw badFormat(file, 'its header is too long');
  const start = 8 + headerLength;
  if (bytes.length < start) throw new FaceError('weights/truncated', { file, expected: start, got: bytes.length });
  return start;
}

function headerFields(header: Uint8Array, file: string): Record<string, unknown> {
  if (header[0] !== 0x7b) throw badFormat(file, 'it is not a safetensors file');
  return asRecord(parseJson(header, file), file);
}

/** A file's metadata: texts by name. `bytes` may end after the header. Throws as `readSafetensors`. */
export function readMetadata(bytes: Uint8Array, file: string): ReadonlyMap<string, string> {
  const { [METADATA]: metadata = {} } = headerFields(bytes.subarray(8, dataStart(bytes, file)), file);
  const entries = Object.entries(asRecord(metadata, file));
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The same file with other metadata. Throws as `readSafetensors`. */
export function withMetadata(
  bytes: Uint8Array,
  metadata: ReadonlyMap<string, string>,
  file: string,
): Uint8Array<ArrayBuffer> {
  const start = dataStart(bytes, file);
  const fields = headerFields(bytes.subarray(8, start), file);
  return assemble({ ...fields, [METADATA]: Object.fromEntries(metadata) }, [bytes.subarray(start)]);
}

function parseHeader(header: Uint8Array, file: string): Entry[] {
  const fields = Object.entries(headerFields(header, file)).filter(([name]) => name !== METADATA);
  return fields.map(([name, value]) => {
    const { dtype, shape, data_offsets: offsets } = asRecord(value, file);
    if (typeof dtype !== 'string' || !isTypeName(dtype)) throw badFormat(file, `${name} has the type ${String(dtype)}`);
    if (!Array.isArray(shape) || !Array.isArray(offsets) || offsets.length !== 2)
      throw badFormat(file, `${name} lacks shape or offsets`);
    const size = countOf(shape, file) * TYPES[dtype].BYTES_PER_ELEMENT;
    const [start, end] = offsets.map(Number) as [number, number];
    if (!(Number.isInteger(start) && start >= 0 && end === start + size))
      throw badFormat(file, `the offsets of ${name} do not fit its shape`);
    return { name, type: dtype, shape: shape.map(Number), start, end };
  });
}

/** The tensors must follow each other without hole or overlap and fill the file to its end. */
function checkOffsets(entries: readonly Entry[], dataLength: number, file: string): void {
  let at = 0;
  for (const { name, start, end } of entries.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at) throw badFormat(file, `${name} does not begin where the tensor before it ends`);
    at = end;
  }
  checkLength(dataLength, at, file);
}

function readTensor(
  entry: Entry,
  scale: Entry | undefined,
  bytes: Uint8Array,
  dataStart: number,
  file: string,
): WeightTensor {
  const { name, type, shape } = entry;
  if (type === 'F32') return { dtype: 'float32', shape, data: viewOf(Float32Array, entry, bytes, dataStart) };
  if (type === 'F16') return { dtype: 'float16', shape, data: viewOf(Uint16Array, entry, bytes, dataStart) };
  if (scale?.type !== 'F32' || scale.shape.length !== 1 || scale.shape[0] !== shape[0])
    throw badFormat(file, `${name} has no scale a channel`);
  return {
    dtype: 'int8',
    shape,
    data: viewOf(Int8Array, entry, bytes, dataStart),
    scale: viewOf(Float32Array, scale, bytes, dataStart),
  };
}

interface ViewType<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset?: number, length?: number): T;
}

function viewOf<T>(type: ViewType<T>, { start, end }: Entry, bytes: Uint8Array, dataStart: number): T {
  const from = dataStart + start;
  const aligned = (bytes.byteOffset + from) % type.BYTES_PER_ELEMENT === 0;
  const length = (end - start) / type.BYTES_PER_ELEMENT;
  return aligned
    ? new type(bytes.buffer, bytes.byteOffset + from, length)
    : new type(copyOf(bytes, from, dataStart + end));
}

/**
 * The bytes of a safetensors file. The same weights always give the same bytes, whatever their order: float32 first,
 * then float16, then 8-bit (so that each is aligned), by name within a type.
 */
export function writeSafetensors(weights: Weights): Uint8Array<ArrayBuffer> {
  return writeArrays(
    [...weights].flatMap(([name, tensor]): WrittenArray[] => {
      const own = { name, type: TYPE_OF[tensor.dtype], shape: tensor.shape, data: tensor.data };
      if (tensor.dtype !== 'int8') return [own];
      return [own, { name: name + SCALE, type: 'F32', shape: [tensor.scale.length], data: tensor.scale }];
    }),
  );
}

/** The bytes of a safetensors file of any arrays, in the order that `writeSafetensors` has. */
export function writeArrays(
  unordered: readonly WrittenArray[],
  metadata?: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  const arrays = unordered.toSorted(
    (a, b) => WRITTEN.indexOf(a.type) - WRITTEN.indexOf(b.type) || (a.name < b.name ? -1 : 1),
  );
  let size = 0;
  const header = new Map<string, unknown>(metadata ? [[METADATA, Object.fromEntries(metadata)]] : []);
  for (const { name, type, shape, data } of arrays) {
    header.set(name, { dtype: type, shape, data_offsets: [size, (size += data.byteLength)] });
  }
  return assemble(
    Object.fromEntries(header), // defines each name, `__proto__` too
    arrays.map(({ data }) => data),
  );
}

function assemble(
  header: Readonly<Record<string, unknown>>,
  parts: readonly ArrayBufferView[],
): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = Math.ceil((8 + text.length) / 8) * 8;
  const size = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const out = new Uint8Array(start + size).fill(0x20, 8, start);
  new DataView(out.buffer).setUint32(0, start - 8, true);
  out.set(text, 8);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of parts) {
    out.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return out;
}

function isTypeName(text: string): text is TypeName {
  return Object.hasOwn(TYPES, text);
}
