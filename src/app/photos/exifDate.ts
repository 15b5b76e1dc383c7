import { viewOf } from '../../core/zip/zipEntry';

const EXIF_POINTER = 0x8769;
/** In this order: taken, digitised; `FILE_DATE` of the image itself: file written. */
const EXIF_DATES = [0x9003, 0x9004];
const FILE_DATE = 0x0132;

/** Bytes per read; longer data between two chunks is skipped. */
const WINDOW = 2 ** 16;
/** Limit of an EXIF block, which other formats than JPEG do not have. */
const LONGEST = 2 ** 20;
const MOST_CHUNKS = 50_000;

/** EXIF date (local time without a zone) of a JPEG, PNG or WebP, milliseconds since 1970; null without a valid one. */
export async function exifDate(picture: Blob): Promise<number | null> {
  try {
    const block = await exifBlock(new Bytes(picture));
    return block && dateIn(viewOf(block));
  } catch (thrown) {
    if (thrown instanceof RangeError) return null; // it points outside of the file
    throw thrown;
  }
}

/** A file that is read in windows. */
class Bytes {
  #start = 0;
  #window = new Uint8Array(0);
  constructor(private readonly file: Blob) {}

  /** Throws a RangeError beyond the end. */
  async at(start: number, length: number): Promise<DataView> {
    if (start < this.#start || start + length > this.#start + this.#window.length) {
      const end = start + Math.max(length, WINDOW);
      this.#start = start;
      this.#window = new Uint8Array(await this.file.slice(start, end).arrayBuffer());
    }
    const at = start - this.#start;
    if (at + length > this.#window.length) throw new RangeError('the file is too short');
    return viewOf(this.#window.subarray(at, at + length));
  }

  async block(start: number, length: number): Promise<Uint8Array | null> {
    if (length > LONGEST) return null;
    const view = await this.at(start, length);
    return new Uint8Array(view.buffer, view.byteOffset, length);
  }
}

/** The TIFF structure with the date. */
async function exifBlock(bytes: Bytes): Promise<Uint8Array | null> {
  const head = await bytes.at(0, 12);
  if (head.getUint16(0) === 0xffd8) return inJpeg(bytes);
  if (head.getUint32(0) === 0x89504e47) return inPng(bytes);
  if (head.getUint32(0) === 0x52494646 && head.getUint32(8) === 0x57454250) return inWebp(bytes); // 'RIFF', 'WEBP'
  return null;
}

async function inJpeg(bytes: Bytes): Promise<Uint8Array | null> {
  for (let at = 2; ;) {
    const view = await bytes.at(at, 4);
    const marker = view.getUint16(0);
    const length = view.getUint16(2);
    if (marker === 0xffff) {
      at++; // padding
      continue;
    }
    if (marker < 0xff00 || marker === 0xffda || length < 2) return null; // no segment, or the pixels
    if (marker === 0xffe1 && length > 8 && (await bytes.at(at + 4, 4)).getUint32(0) === 0x45786966)
      return bytes.block(at + 10, length - 8); // after 'Exif' and two zeros
    at += 2 + length;
  }
}

/** The chunk may stand before or after the pixels. */
async function inPng(bytes: Bytes): Promise<Uint8Array | null> {
  for (let [at, n] = [8, 0]; n < MOST_CHUNKS; n++) {
    const view = await bytes.at(at, 8);
    const length = view.getUint32(0);
    if (view.getUint32(4) === 0x65584966) return bytes.block(at + 8, length); // 'eXIf'
    at += 12 + length;
  }
  return null;
}

/** The chunk is at the end; some programs begin it as a JPEG's. */
async function inWebp(bytes: Bytes): Promise<Uint8Array | null> {
  for (let [at, n] = [12, 0]; n < MOST_CHUNKS; n++) {
    const view = await bytes.at(at, 8);
    const length = view.getUint32(4, true);
    if (view.getUint32(0) === 0x45584946) {
      const isLikeJpeg = (await bytes.at(at + 8, 4)).getUint32(0) === 0x45786966;
      return isLikeJpeg ? bytes.block(at + 14, length - 6) : bytes.block(at + 8, length);
    }
    at += 8 + length + (length % 2);
  }
  return null;
}

function dateIn(view: DataView): number | null {
  const little = view.getUint16(0) === 0x4949;
  const root = view.getUint32(4, little);
  const pointer = findEntry(view, root, EXIF_POINTER, little);
  if (pointer !== null)
    for (const tag of EXIF_DATES) {
      const date = dateAt(view, findEntry(view, view.getUint32(pointer + 8, little), tag, little), little);
      if (date !== null) return date;
    }
  return dateAt(view, findEntry(view, root, FILE_DATE, little), little);
}

function dateAt(view: DataView, entry: number | null, little: boolean): number | null {
  if (entry === null) return null;
  const at = view.getUint32(entry + 8, little);
  let text = '';
  for (let i = 0; i < 19; i++) text += String.fromCharCode(view.getUint8(at + i));
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text);
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as Six;
  if (year < 1900 || month < 1 || month > 12 || day < 1 || day > 31) return null;
  return new Date(year, month - 1, day, hour, minute, second).getTime();
}

type Six = [number, number, number, number, number, number];

/** Offset of the entry with that tag in the directory at `offset`. */
function findEntry(view: DataView, offset: number, tag: number, little: boolean): number | null {
  const count = view.getUint16(offset, little);
  for (let i = 0; i < count; i++) {
    const at = offset + 2 + 12 * i;
    if (view.getUint16(at, little) === tag) return at;
  }
  return null;
}
