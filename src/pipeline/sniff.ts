export type PictureFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'avif' | 'bmp';

/** What a file's own bytes say, before any decoder allocates for it. */
export interface Sniffed {
  readonly format: PictureFormat;
  /** Pixels as stored, before any EXIF turn; 0 where the header is cut off before it says. */
  readonly width: number;
  readonly height: number;
  /** False when the file ends before its format says it does. */
  readonly complete: boolean;
}

/**
 * Format, size and completeness from a whole file's bytes; null for a format that is not known here. A JPEG is complete
 * when its end marker follows the scan (a thumbnail's own does not count, and what follows it does not matter), a PNG
 * when it has IEND, WebP, BMP and AVIF when they are as long as their headers say. GIF decoders show what there is, and
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
  if (text(0, 2) === 'BM' && bytes.length >= 26)
    return {
      format: 'bmp',
      width: Math.abs(view.getInt32(18, true)),
      height: Math.abs(view.getInt32(22, true)),
      complete: bytes.length >= view.getUint32(2, true),
    };
  if (text(4, 4) === 'ftyp' && /avi[fs]/.test(text(8, 24))) return sniffAvif(bytes, view, text);
  return null;
}

function sniffJpeg(bytes: Uint8Array, view: DataView): Sniffed {
  let width = 0;
  let height = 0;
  let at = 2;
  const done = (complete: boolean): Sniffed => ({ format: 'jpeg', width, height, complete });
  while (at + 2 <= bytes.length) {
    // Entropy-coded data is skipped the same way as fill bytes: to the next 0xFF that starts a marker.
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) return done(false);
    const marker = bytes[at + 1]!;
    if (marker === 0xd9) return done(true);
    if (marker === 0xff) at += 1;
    else if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else {
      const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
      if (isFrame && at + 9 <= bytes.length) {
        height = view.getUint16(at + 5);
        width = view.getUint16(at + 7);
      }
      if (at + 4 > bytes.length) return done(false);
      at += 2 + view.getUint16(at + 2);
    }
  }
  return done(false);
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

/** The largest `ispe` (image size) property among the metadata: a thumbnail or an alpha plane may have its own. */
function sniffAvif(bytes: Uint8Array, view: DataView, text: TextAt): Sniffed {
  let width = 0;
  let height = 0;
  let complete = true;
  let at = 0;
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at) || bytes.length - at;
    // A 64-bit length (1) has its number after the box's name.
    const end = at + (length === 1 && at + 16 <= bytes.length ? Number(view.getBigUint64(at + 8)) : length);
    if (end > bytes.length || end <= at) complete = false;
    if (text(at + 4, 4) === 'meta') {
      for (let p = at + 8; p + 16 <= Math.min(end, bytes.length); p++) {
        if (bytes[p] !== 0x69 || text(p, 4) !== 'ispe') continue;
        width = Math.max(width, view.getUint32(p + 8));
        height = Math.max(height, view.getUint32(p + 12));
      }
    }
    if (end <= at) break;
    at = end;
  }
  return { format: 'avif', width, height, complete };
}
