/** Of a JPEG's start enough to hold its EXIF block. */
export const EXIF_BYTES = 128 * 1024;

const ORIGINAL = 0x9003;
const EXIF_POINTER = 0x8769;

/**
 * When a JPEG was taken: EXIF's DateTimeOriginal, which is local time without a zone, in milliseconds since 1970; null where
 * there is none or it is nonsense. `bytes`: the file's start.
 */
export function exifDate(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const tiff = findTiff(view);
    return tiff === null ? null : dateIn(view, tiff);
  } catch {
    return null; // it points outside of the file
  }
}

/** Where the TIFF block of the EXIF segment starts. */
function findTiff(view: DataView): number | null {
  if (view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 4 <= view.byteLength;) {
    const marker = view.getUint16(at);
    if (marker < 0xff00 || marker === 0xffda) return null; // no segment, or the pixels
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return at + 10; // 'Exif'
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

function dateIn(view: DataView, tiff: number): number | null {
  const little = view.getUint16(tiff) === 0x4949;
  const pointer = findEntry(view, tiff, view.getUint32(tiff + 4, little), EXIF_POINTER, little);
  if (pointer === null) return null;
  const entry = findEntry(view, tiff, view.getUint32(pointer + 8, little), ORIGINAL, little);
  if (entry === null) return null;
  const at = tiff + view.getUint32(entry + 8, little);
  let text = '';
  for (let i = 0; i < 19; i++) text += String.fromCharCode(view.getUint8(at + i));
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text);
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
  const time = new Date(year!, month! - 1, day, hour, minute, second).getTime();
  return year! < 1900 || month! < 1 || day! < 1 || Number.isNaN(time) ? null : time;
}

/** Where the entry with that tag lies in the directory at `offset`. */
function findEntry(view: DataView, tiff: number, offset: number, tag: number, little: boolean): number | null {
  const count = view.getUint16(tiff + offset, little);
  for (let i = 0; i < count; i++) {
    const at = tiff + offset + 2 + 12 * i;
    if (view.getUint16(at, little) === tag) return at;
  }
  return null;
}
