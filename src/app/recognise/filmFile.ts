/** Truncated films: browsers refuse an MP4 that ends within a frame, and repeat a WebM's last frame. */

/** A film as given to the browser. */
export interface Film {
  /** The file without an incomplete last frame. */
  readonly blob: Blob;
  /** Whether the file's own headers say that its end is missing. */
  readonly isCut: boolean;
}

/** Most boxes read at the top level: a fragmented film has about two per second. */
const MOST_BOXES = 4000;
/** Longest index read, bytes: a film of hours has a few megabytes. */
const MOST_INDEX = 64 * 2 ** 20;

/** Bytes that contain a WebM's header and the start of its Segment. */
const HEAD = 4096;

/** The playable part of a film. Never rejects for its content; formats other than MP4 and WebM stay unchanged. */
export async function openFilm(file: Blob): Promise<Film> {
  const head = await read(file, 0, HEAD);
  if (head.byteLength >= 12 && head.getUint32(0) === EBML) return { blob: file, isCut: isCutWebm(head, file.size) };
  if (head.byteLength >= 12 && MP4_FIRST.has(nameAt(head, 4))) return openMp4(file);
  return { blob: file, isCut: false };
}

async function read(file: Blob, from: number, length: number): Promise<DataView> {
  return new DataView(await file.slice(from, from + length).arrayBuffer());
}

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;

/** By the Segment's length; interrupted live recordings leave it unknown. */
function isCutWebm(head: DataView, fileSize: number): boolean {
  const header = vint(head, 4);
  if (typeof header?.value !== 'number') return false;
  const segment = header.end + header.value;
  if (segment + 5 > head.byteLength || head.getUint32(segment) !== SEGMENT) return false;
  const length = vint(head, segment + 4);
  return length !== null && length.value !== null && length.end + length.value > fileSize;
}

/** EBML's variable-length number (RFC 8794, 4); `value` null: “unknown”. */
function vint(view: DataView, at: number): { readonly value: number | null; readonly end: number } | null {
  if (at >= view.byteLength) return null;
  const first = view.getUint8(at);
  const length = Math.clz32(first) - 23;
  if (length > 8 || at + length > view.byteLength) return null;
  let value = first & (0xff >> length);
  let unknown = value === 0xff >> length;
  for (let i = 1; i < length; i++) {
    const byte = view.getUint8(at + i);
    unknown &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return { value: unknown ? null : value, end: at + length };
}

/** First box of an MP4 or QuickTime file. */
const MP4_FIRST: ReadonlySet<string> = new Set(['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'styp']);

interface Mp4Box {
  readonly name: string;
  /** Of its content. */
  readonly start: number;
  readonly end: number;
}

/** The box at `at`, or null (ISO/IEC 14496-12, 4.2). `limit`: end of the enclosing box. */
function boxAt(view: DataView, at: number, offset: number, limit: number): Mp4Box | null {
  if (at + 8 > view.byteLength) return null;
  const short = view.getUint32(at);
  const isLong = short === 1;
  if (isLong && at + 16 > view.byteLength) return null;
  const length = isLong ? Number(view.getBigUint64(at + 8)) : short === 0 ? limit - offset : short;
  const headLength = isLong ? 16 : 8;
  if (length < headLength) return null;
  return { name: nameAt(view, at + 4), start: offset + headLength, end: offset + length };
}

function nameAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

async function openMp4(file: Blob): Promise<Film> {
  let index: Mp4Box | null = null;
  let at = 0;
  for (let i = 0; at < file.size && i < MOST_BOXES; i++) {
    const box = boxAt(await read(file, at, 16), 0, at, file.size);
    if (!box) break;
    if (box.name === 'moov') index = box;
    at = box.end;
  }
  if (at <= file.size) return { blob: file, isCut: false };
  const hasIndex = index !== null && index.end <= file.size && index.end - index.start <= MOST_INDEX;
  const cut = hasIndex ? halfSample(await read(file, index!.start, index!.end - index!.start), file.size) : null;
  return { blob: cut === null ? file : file.slice(0, cut, file.type), isCut: true };
}

/** Start of the sample in which the file ends, or null. */
function halfSample(moov: DataView, fileSize: number): number | null {
  for (const track of boxes(moov, 'trak')) {
    const table = inside(track, 'mdia', 'minf', 'stbl');
    if (!table) continue;
    try {
      const start = halfSampleOf(table, fileSize);
      if (start !== null) return start;
    } catch (error) {
      // A table reaches beyond its box: this track's end is unknown.
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return null;
}

/** The first box along a path of names. */
function inside(view: DataView, ...names: readonly string[]): DataView | undefined {
  let found: DataView | undefined = view;
  for (const name of names) if (found) [found] = boxes(found, name);
  return found;
}

/** A generator, because a damaged index may be millions of empty boxes. */
function* boxes(view: DataView, name: string): Generator<DataView> {
  for (let at = 0; at < view.byteLength;) {
    const box = boxAt(view, at, at, view.byteLength);
    if (!box || box.end > view.byteLength) break;
    if (box.name === name) yield new DataView(view.buffer, view.byteOffset + box.start, box.end - box.start);
    at = box.end;
  }
}

/** Of one track, by its tables of chunk offsets, samples per chunk, and sizes. Throws `RangeError`. */
function halfSampleOf(table: DataView, fileSize: number): number | null {
  const [sizes] = boxes(table, 'stsz');
  const [perChunk] = boxes(table, 'stsc');
  const [short] = boxes(table, 'stco');
  const [long] = boxes(table, 'co64');
  const offsets = short ?? long;
  if (!sizes || !perChunk || !offsets) return null;
  const offset = (i: number): number => (short ? short.getUint32(8 + 4 * i) : Number(long!.getBigUint64(8 + 8 * i)));
  let chunk = -1;
  for (let i = 0; i < offsets.getUint32(4); i++) {
    if (offset(i) < fileSize && (chunk < 0 || offset(i) > offset(chunk))) chunk = i;
  }
  if (chunk < 0) return null;
  // Samples before the chunk, by runs of chunks with equally many.
  let [before, inChunk] = [0, 0];
  for (let run = 0; run < perChunk.getUint32(4); run++) {
    const first = perChunk.getUint32(8 + 12 * run) - 1;
    if (first > chunk) break;
    const isLast = run + 1 === perChunk.getUint32(4);
    const next = isLast ? Infinity : perChunk.getUint32(8 + 12 * (run + 1)) - 1;
    inChunk = perChunk.getUint32(8 + 12 * run + 4);
    before += (Math.min(next, chunk) - first) * inChunk;
  }
  let start = offset(chunk);
  const equal = sizes.getUint32(4);
  if (equal > 0) {
    const whole = Math.floor((fileSize - start) / equal);
    return whole < inChunk && start + whole * equal < fileSize ? start + whole * equal : null;
  }
  for (let i = before; i < before + inChunk && start < fileSize; i++) {
    const end = start + sizes.getUint32(12 + 4 * i);
    if (end > fileSize) return start;
    start = end;
  }
  return null;
}
