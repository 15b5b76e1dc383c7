import { viewOf, zipEntry, type ZipEntry } from './zipEntry';

/** A file of which any part can be read. */
export interface RandomAccess {
  /** Bytes. */
  readonly size: number;
  /** The bytes from `start` up to `end`; fewer where the file ends before. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** What a zip holds. */
export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  /**
   * - `no-zip`: the file does not start as a zip does.
   * - `split`: it is one part of an archive in several files.
   * - `cut`: the table at the end is missing or damaged; `entries` are those found whole from the beginning on.
   */
  readonly problem: 'no-zip' | 'split' | 'cut' | null;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
/** Before the first header of an archive that was or might have been split. */
const SPANNED: ReadonlySet<number> = new Set([0x08074b50, 0x30304b50]);

const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const LONGEST_COMMENT = 0xffff;
/** Sizes come after the data. */
const STREAMED = 1 << 3;
const LINK = 0xa000;

export function accessOf(blob: Blob): RandomAccess {
  return {
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

/**
 * The files of a zip (without folders and links), by the table at its end; nothing is unpacked. Throws only what reading
 * throws.
 */
export async function readZipDirectory(file: RandomAccess): Promise<ZipDirectory> {
  const start = await file.read(0, 4);
  const first = start.length === 4 ? viewOf(start).getUint32(0, true) : 0;
  if (first !== LOCAL && first !== END && !SPANNED.has(first)) return { entries: [], problem: 'no-zip' };
  const table = await findTable(file);
  if (table === 'split') return { entries: [], problem: 'split' };
  const entries = table && (await readTable(file, table));
  return entries ? { entries, problem: null } : { entries: await salvage(file), problem: 'cut' };
}

interface Table {
  readonly start: number;
  readonly end: number;
  /** Bytes before the archive, by which all its offsets are too small. */
  readonly before: number;
}

async function findTable(file: RandomAccess): Promise<Table | 'split' | null> {
  const tailStart = Math.max(0, file.size - END_BYTES - LONGEST_COMMENT - LOCATOR_BYTES);
  const tail = await file.read(tailStart, file.size);
  const view = viewOf(tail);
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END || at + END_BYTES + view.getUint16(at + 20, true) > tail.length) continue;
    const isWide = at >= LOCATOR_BYTES && view.getUint32(at - LOCATOR_BYTES, true) === LOCATOR64;
    if (isWide) return wideTable(file, Number(view.getBigUint64(at - LOCATOR_BYTES + 8, true)));
    const [disk, here, all] = [4, 8, 10].map((field) => view.getUint16(at + field, true));
    if (disk !== 0 || here !== all) return 'split';
    return tableAt(tailStart + at, view.getUint32(at + 12, true), view.getUint32(at + 16, true));
  }
  return null;
}

async function wideTable(file: RandomAccess, at: number): Promise<Table | null> {
  if (!Number.isSafeInteger(at)) return null;
  const record = await file.read(at, at + 56);
  if (record.length < 56) return null;
  const view = viewOf(record);
  if (view.getUint32(0, true) !== END64) return null;
  const [size, start] = [40, 48].map((field) => Number(view.getBigUint64(field, true)));
  return tableAt(at, size!, start!);
}

/** The table ends where the record about it, at `end`, begins. */
function tableAt(end: number, size: number, start: number): Table | null {
  return size <= end && start <= end - size ? { start: end - size, end, before: end - size - start } : null;
}

/** Null where it is damaged. */
async function readTable(file: RandomAccess, { start, end, before }: Table): Promise<ZipEntry[] | null> {
  const bytes = await file.read(start, end);
  const view = viewOf(bytes);
  const entries: ZipEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL) return null;
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as Triple;
    const after = at + 46 + name;
    if (after + extra > bytes.length) return null;
    const entry = zipEntry({
      ...commonFields(view, at + 8),
      offset: view.getUint32(at + 42, true),
      name: bytes.subarray(at + 46, after),
      extra: bytes.subarray(after, after + extra),
    });
    if (!entry) return null;
    const isLink = (view.getUint16(at + 40, true) & 0xf000) === LINK && view.getUint8(at + 5) === 3; // Unix
    if (!isLink && !entry.path.endsWith('/')) entries.push({ ...entry, offset: entry.offset + before });
    at = after + extra + comment;
  }
  return entries;
}

type Triple = [number, number, number];

function commonFields(view: DataView, at: number) {
  return {
    flags: view.getUint16(at, true),
    method: view.getUint16(at + 2, true),
    dos: view.getUint32(at + 4, true),
    crc: view.getUint32(at + 8, true),
    packed: view.getUint32(at + 12, true),
    size: view.getUint32(at + 16, true),
  };
}

/** The files that lie whole at the start of a zip without a table, as far as each says where the next one begins. */
async function salvage(file: RandomAccess): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  for (let at = 0; ;) {
    const header = await file.read(at, at + 30);
    if (header.length < 30) return entries;
    const view = viewOf(header);
    if (SPANNED.has(view.getUint32(0, true)) && at === 0) {
      at = 4;
      continue;
    }
    if (view.getUint32(0, true) !== LOCAL) return entries;
    const fields = commonFields(view, 6);
    const [name, extra] = [view.getUint16(26, true), view.getUint16(28, true)];
    const rest = await file.read(at + 30, at + 30 + name + extra);
    const entry = zipEntry({ ...fields, offset: 0, name: rest.subarray(0, name), extra: rest.subarray(name) });
    if (!entry || fields.flags & STREAMED) return entries;
    const next = at + 30 + name + extra + entry.packed;
    if (next > file.size) return entries;
    if (!entry.path.endsWith('/')) entries.push({ ...entry, offset: at });
    at = next;
  }
}

/** Where an entry's data begin; null where its own header is not there. */
export async function dataStart(file: RandomAccess, { offset }: ZipEntry): Promise<number | null> {
  const header = await file.read(offset, offset + 30);
  if (header.length < 30) return null;
  const view = viewOf(header);
  if (view.getUint32(0, true) !== LOCAL) return null;
  return offset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
}
