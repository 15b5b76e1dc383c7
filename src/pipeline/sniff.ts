import {
  copyOf,
  endOfScans,
  readFrame,
  readHuffmanTables,
  type JpegFrame,
  type JpegScan,
  type JpegTables,
} from './jpegScan';

export type PictureFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'avif' | 'bmp';

/** Facts from a file's bytes, before any decoder allocates for it. */
export interface Sniffed {
  readonly format: PictureFormat;
  /** Pixels as stored, before any EXIF turn; 0 where the header is cut off before it says. */
  readonly width: number;
  readonly height: number;
  /** False when part of the picture is missing. */
  readonly complete: boolean;
  /** Where a whole JPEG that lacks its end marker (FF D9) needs one: some decoders refuse it without. */
  readonly missingEnd?: number;
}

/**
 * Format, size and completeness from a whole file's bytes; null for a format that is not known here. A JPEG is complete
 * when its end marker follows the scan (a thumbnail's own does not count, and what follows it does not matter) or, where
 * there is none, when its scans hold the whole picture; a PNG when it has IEND, a BMP when it has all its rows, WebP and
 * AVIF when they are as long as their headers say. GIF decoders show what there is, and
 * only the first frame is used, so a GIF counts as complete.
 */
export function sniff(bytes: Uint8Array): Sniffed | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (at: number, length: number): string => String.fromCharCode(...bytes.subarray(at, at + length));
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return sniffJpeg(bytes, view);
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return sniffPng(bytes, view, text);
  if (/^GIF8[79]a/.test(text(0, 6)) && bytes.length >= 10)
    return { format: 'gif', width: view.getUint16(6, true), height: view.getUint16(8, true), complete: true };
  if (text(0, 4) === 'RIFF' && text(8, 4) === 'WEBP') return sniffWebp(bytes, view, text);
  if (text(0, 2) === 'BM' && bytes.length >= 34) return sniffBmp(bytes, view);
  if (text(4, 4) === 'ftyp' && /avi[fs]/.test(text(8, 24))) return sniffAvif(bytes, view, text);
  return null;
}

/**
 * Walks a JPEG's segments. The first frame header counts, as it does for decoders. Without an end marker the picture is
 * whole when its scans hold all blocks: then `missingEnd` says where the marker belongs.
 */
function sniffJpeg(bytes: Uint8Array, view: DataView): Sniffed {
  const tables: JpegTables = { huffman: new Map(), restartInterval: 0 };
  let frame: JpegFrame | null = null;
  const scans: JpegScan[] = [];
  let at = 2;
  const done = (complete: boolean, missingEnd?: number): Sniffed => ({
    format: 'jpeg',
    width: frame?.width ?? 0,
    height: frame?.height ?? 0,
    complete,
    ...(missingEnd !== undefined && { missingEnd }),
  });
  const ended = (): Sniffed => {
    const end = frame ? endOfScans(bytes, frame, scans) : null;
    return end === null ? done(false) : done(true, end);
  };
  while (at + 2 <= bytes.length) {
    // Entropy-coded data is skipped the same way as fill bytes: to the next 0xFF that starts a marker.
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) return ended();
    const marker = bytes[at + 1]!;
    if (marker === 0xd9) return done(true);
    if (marker === 0xff) at += 1;
    else if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else {
      if (at + 4 > bytes.length) return ended();
      const next = at + 2 + view.getUint16(at + 2);
      const segment = bytes.subarray(at + 4, next);
      const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
      if (isFrame) frame ??= readFrame(marker, segment);
      else if (marker === 0xc4) readHuffmanTables(segment, tables);
      else if (marker === 0xdd) tables.restartInterval = ((segment[0] ?? 0) << 8) | (segment[1] ?? 0);
      else if (marker === 0xda) scans.push({ start: next, segment, tables: copyOf(tables) });
      at = next;
    }
  }
  return ended();
}

type TextAt = (at: number, length: number) => string;

function sniffPng(bytes: Uint8Array, view: DataView, text: TextAt): Sniffed {
  const header = bytes.length >= 24;
  const width = header ? view.getUint32(16) : 0;
  const height = header ? view.getUint32(20) : 0;
  let at = 8;
  while (at + 12 <= bytes.length) {
    if (text(at + 4, 4) === 'IEND') return { format: 'png', width, height, complete: true };
    at += 12 + view.getUint32(at);
  }
  return { format: 'png', width, height, complete: false };
}

function sniffWebp(bytes: Uint8Array, view: DataView, text: TextAt): Sniffed {
  const complete = bytes.length >= 30 && bytes.length >= view.getUint32(4, true) + 8;
  let width = 0;
  let height = 0;
  const kind = text(12, 4);
  if (bytes.length >= 30) {
    if (kind === 'VP8X') {
      width = 1 + (view.getUint32(24, true) & 0xffffff);
      height = 1 + (view.getUint32(26, true) >>> 8);
    } else if (kind === 'VP8L') {
      const bits = view.getUint32(21, true);
      width = 1 + (bits & 0x3fff);
      height = 1 + ((bits >>> 14) & 0x3fff);
    } else if (kind === 'VP8 ') {
      width = view.getUint16(26, true) & 0x3fff;
      height = view.getUint16(28, true) & 0x3fff;
    }
  }
  return { format: 'webp', width, height, complete };
}

/** Bytes of OS/2's header (BITMAPCOREHEADER), whose sizes have 16 bits. */
const BMP_CORE_HEADER = 12;
/** Compressions whose rows have a fixed length: none, and none with bit masks. */
const BMP_PLAIN = [0, 3, 6];

/** The file length in a BMP's header is often wrong, so completeness follows from the rows' size. */
function sniffBmp(bytes: Uint8Array, view: DataView): Sniffed {
  const isCore = view.getUint32(14, true) === BMP_CORE_HEADER;
  const width = isCore ? view.getUint16(18, true) : Math.abs(view.getInt32(18, true));
  const height = isCore ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true));
  const bits = width * view.getUint16(isCore ? 24 : 28, true);
  const isPlain = isCore || BMP_PLAIN.includes(view.getUint32(30, true));
  const rows = isPlain && height > 0 ? Math.ceil(bits / 32) * 4 * (height - 1) + Math.ceil(bits / 8) : 1;
  return { format: 'bmp', width, height, complete: bytes.length >= view.getUint32(10, true) + rows };
}

/** Where boxes lie in boxes of AVIF's metadata: item properties, their container, an image's size. */
const AVIF_PATH = ['meta', 'iprp', 'ipco', 'ispe'];
/** `meta` has a version and flags before its boxes, `ispe` before its numbers. */
const FULL_BOX_BYTES = 4;
/** More boxes than any picture has: the limit for hostile files. */
const MOST_BOXES = 100_000;

/** The largest `ispe` (image size) property among the metadata: a thumbnail or an alpha plane may have its own. */
function sniffAvif(bytes: Uint8Array, view: DataView, text: TextAt): Sniffed {
  let width = 0;
  let height = 0;
  let boxes = 0;
  /** Walks the boxes of `from` … `to`; false where one of them is longer than that. */
  const walk = (from: number, to: number, depth: number): boolean => {
    let at = from;
    while (at + 8 <= to && boxes++ < MOST_BOXES) {
      const length = view.getUint32(at) || to - at;
      // A 64-bit length (1) has its number after the box's name.
      const end = at + (length === 1 && at + 16 <= to ? Number(view.getBigUint64(at + 8)) : length);
      if (text(at + 4, 4) === AVIF_PATH[depth]) {
        const inside = at + (length === 1 ? 16 : 8) + (depth === 0 || depth === 3 ? FULL_BOX_BYTES : 0);
        if (depth < 3) walk(inside, Math.min(end, to), depth + 1);
        else if (inside + 8 <= to) {
          width = Math.max(width, view.getUint32(inside));
          height = Math.max(height, view.getUint32(inside + 4));
        }
      }
      if (end > to || end <= at) return false;
      at = end;
    }
    return true;
  };
  const complete = walk(0, bytes.length, 0);
  return { format: 'avif', width, height, complete };
}
