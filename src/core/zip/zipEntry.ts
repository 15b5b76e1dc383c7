import { crc32 } from './crc32';

/** A file of a zip, as the zip's own table describes it. */
export interface ZipEntry {
  /** With `/`; text, never a place to write to. */
  readonly path: string;
  /** Bytes as packed, and as they were before: what the table claims. */
  readonly packed: number;
  readonly size: number;
  readonly crc: number;
  readonly method: number;
  readonly locked: boolean;
  /** When the file was last changed, milliseconds since 1970; null where the entry has no such date. */
  readonly modified: number | null;
  /** Where its local header starts. */
  readonly offset: number;
}

/** An entry's fields, which the table and the local headers hold in the same order. */
export interface EntryFields {
  readonly flags: number;
  readonly method: number;
  /** DOS time in the lower half, DOS date in the upper. */
  readonly dos: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
  readonly name: Uint8Array;
  readonly extra: Uint8Array;
}

const UTF8 = 1 << 11;
/** Encrypted; strong encryption; the table itself is masked. */
const LOCKED = 1 | (1 << 6) | (1 << 13);
const AES = 99;
const UNKNOWN = 0xffffffff;

const ZIP64 = 0x0001;
const NTFS = 0x000a;
const UNIX_TIME = 0x5455;
const UNICODE_PATH = 0x7075;

/** The entry of those fields; null where they contradict themselves. */
export function zipEntry(fields: EntryFields): ZipEntry | null {
  const extra = extraFields(fields.extra);
  const sizes = wideSizes(fields, extra.get(ZIP64));
  if (!sizes) return null;
  return {
    ...sizes,
    path: pathOf(fields, extra.get(UNICODE_PATH)),
    crc: fields.crc,
    method: fields.method,
    locked: (fields.flags & LOCKED) !== 0 || fields.method === AES,
    modified: unixTime(extra.get(UNIX_TIME)) ?? ntfsTime(extra.get(NTFS)) ?? dosTime(fields.dos),
  };
}

/** By number; one that claims to be longer than what is there ends the list. */
function extraFields(bytes: Uint8Array): Map<number, DataView> {
  const view = viewOf(bytes);
  const found = new Map<number, DataView>();
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = view.getUint16(at + 2, true);
    if (at + 4 + length > bytes.length) break;
    const id = view.getUint16(at, true);
    if (!found.has(id)) found.set(id, viewOf(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return found;
}

/** Numbers of zip64, which stand in an extra field, in this order, where the ordinary ones are all ones. */
function wideSizes(
  { size, packed, offset }: EntryFields,
  zip64: DataView | undefined,
): Pick<ZipEntry, 'size' | 'packed' | 'offset'> | null {
  let at = 0;
  const wide = (value: number): number => {
    if (value !== UNKNOWN) return value;
    at += 8;
    return zip64 && at <= zip64.byteLength ? Number(zip64.getBigUint64(at - 8, true)) : NaN;
  };
  const found = { size: wide(size), packed: wide(packed), offset: wide(offset) };
  return Object.values(found).every(Number.isSafeInteger) ? found : null;
}

/**
 * A name is UTF-8 where the flag or its own field says so. Apple's zips never say so: valid UTF-8 counts as UTF-8, and
 * everything else is in the format's original character set, the IBM PC's.
 */
function pathOf({ flags, name }: EntryFields, unicode: DataView | undefined): string {
  if (flags & UTF8) return new TextDecoder().decode(name);
  // Version 1, then the check sum of the plain name, which shows that the entry was not renamed.
  if (unicode && unicode.byteLength > 5 && unicode.getUint8(0) === 1 && unicode.getUint32(1, true) === crc32(name))
    return new TextDecoder().decode(new Uint8Array(unicode.buffer, unicode.byteOffset + 5, unicode.byteLength - 5));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(name);
  } catch {
    return Array.from(name, (byte) => (byte < 128 ? String.fromCharCode(byte) : CP437[byte - 128]!)).join('');
  }
}

const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** Info-ZIP's field: flags, then seconds since 1970 in UTC. */
function unixTime(field: DataView | undefined): number | null {
  if (!field || field.byteLength < 5 || !(field.getUint8(0) & 1)) return null;
  return 1000 * field.getInt32(1, true);
}

/** Windows' field: four bytes, then attributes; the first is three times in units of 100 ns since 1601. */
function ntfsTime(field: DataView | undefined): number | null {
  if (!field || field.byteLength < 16 || field.getUint16(4, true) !== 1) return null;
  const time = Number(field.getBigUint64(8, true) / 10_000n) - 11_644_473_600_000;
  return time > 0 ? time : null;
}

/** The earliest value, midnight of 1 January 1980: written by programs without a date. */
const NO_DATE = (1 << 21) | (1 << 16);

/** Local time in steps of two seconds, from 1980 on. */
function dosTime(dos: number): number | null {
  if (dos === NO_DATE) return null;
  const [day, month] = [(dos >>> 16) & 31, (dos >>> 21) & 15];
  if (day === 0 || month === 0 || month > 12) return null;
  const [second, minute, hour] = [2 * (dos & 31), (dos >>> 5) & 63, (dos >>> 11) & 31];
  return new Date(1980 + (dos >>> 25), month - 1, day, hour, minute, second).getTime();
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
