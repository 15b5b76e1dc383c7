import { badFormat, checkLength, countOf, copyOf, rowOrder } from './array';

/** The element types of `.npy` files that this project meets; bytes are little-endian, as on every browser's machine. */
const TYPES = {
  '<f4': Float32Array,
  '<f8': Float64Array,
  '<i4': Int32Array,
  '<i8': BigInt64Array,
  '|u1': Uint8Array,
  '|i1': Int8Array,
} as const;
type Descr = keyof typeof TYPES;
export type NpyData = InstanceType<(typeof TYPES)[Descr]>;

export interface NpyArray {
  readonly shape: readonly number[];
  /** In row order. */
  readonly data: NpyData;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy's own limit is 10,000 characters. */
const MAX_HEADER = 65_536;

interface NpyHeader {
  /** The element type as NumPy writes it: `<f4`. */
  readonly descr: string;
  readonly columnOrder: boolean;
  readonly shape: readonly number[];
  /** Where the data starts, bytes. */
  readonly start: number;
}

/** Reads the header of a `.npy` file, format versions 1 to 3. Throws `weights/bad-format` or `weights/truncated`. */
function readNpyHeader(bytes: Uint8Array, file: string): NpyHeader {
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte)) throw badFormat(file, 'it is not a .npy file');
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw badFormat(file, `version ${version} of .npy`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = (version === 1 ? 10 : 12) + length;
  if (length > MAX_HEADER) throw badFormat(file, `a header of ${length} bytes`);
  if (start > bytes.length) checkLength(bytes.length, start, file);
  const header = new TextDecoder().decode(bytes.subarray(start - length, start));
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || sizes === undefined) throw badFormat(file, 'its header is damaged');
  const shape = sizes.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  return { descr, columnOrder: order === 'True', shape, start };
}

/**
 * Reads a `.npy` file of numbers. `file` is its name, for errors: `weights/bad-format` (not such a file, a type that is
 * not read here), `weights/truncated`, `weights/oversized`; sizes are checked before anything is allocated.
 */
export function readNpy(bytes: Uint8Array, file: string): NpyArray {
  const { descr, columnOrder, shape, start } = readNpyHeader(bytes, file);
  if (!isDescr(descr)) throw badFormat(file, `elements of type ${descr}`);
  const count = countOf(shape, file);
  const type = TYPES[descr];
  checkLength(bytes.length - start, count * type.BYTES_PER_ELEMENT, file);
  const data = new type(copyOf(bytes, start));
  return { shape, data: columnOrder && shape.length > 1 ? rowOrder(data, shape) : data };
}

/** The bytes of a `.npy` file, version 1, data aligned to 64 bytes, as NumPy writes it. */
export function writeNpy({ shape, data }: NpyArray): Uint8Array<ArrayBuffer> {
  const descr = (Object.keys(TYPES) as Descr[]).find((name) => data instanceof TYPES[name])!;
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = Math.ceil((10 + text.length + 1) / 64) * 64;
  const out = new Uint8Array(start + data.byteLength);
  out.set(MAGIC);
  out[6] = 1;
  new DataView(out.buffer).setUint16(8, start - 10, true);
  out.set(new TextEncoder().encode(text.padEnd(start - 11) + '\n'), 10);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return out;
}

function isDescr(text: string): text is Descr {
  return Object.hasOwn(TYPES, text);
}
