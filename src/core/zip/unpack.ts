import { FaceError } from '../errors';
import { crc32 } from './crc32';
import { dataStart, type RandomAccess } from './zipDirectory';
import type { ZipEntry } from './zipEntry';

/** Largest picture file, packed or not; anything that claims or unpacks to more is not read. */
export const MOST_PICTURE_BYTES = 256 * 2 ** 20;

/** Read from the file at a time. */
const WINDOW = 2 ** 20;
/** Bytes given to the decompressor at a time: deflate makes at most 1,032 bytes of one, all of a piece at once. */
const PIECE = 2 ** 14;

const STORED = 0;
const DEFLATE = 8;
const METHODS: ReadonlyMap<number, string> = new Map([
  [1, 'Shrink'],
  [6, 'Implode'],
  [9, 'Deflate64'],
  [12, 'BZip2'],
  [14, 'LZMA'],
  [20, 'Zstandard'],
  [93, 'Zstandard'],
  [95, 'XZ'],
  [96, 'recompressed JPEG'],
  [98, 'PPMd'],
]);

/** Why an entry cannot be unpacked here, by the table; null where it can. `name` is for the sentence. */
export function refusal({ path, method, locked, size }: ZipEntry, name = path): FaceError | null {
  if (locked) return new FaceError('archive/locked', { name });
  if (method !== STORED && method !== DEFLATE)
    return new FaceError('archive/method', { name, method: METHODS.get(method) ?? `method ${method}` });
  if (size > MOST_PICTURE_BYTES) return tooLarge(name);
  return null;
}

export function tooLarge(name: string): FaceError {
  return new FaceError('image/too-many-bytes', { name, limit: MOST_PICTURE_BYTES / 2 ** 20 });
}

/**
 * The bytes of an entry, in pieces. Never holds more than `MOST_PICTURE_BYTES` and a few pieces, whatever the table claims.
 * Throws `archive/locked`, `archive/method`, `image/too-many-bytes`, and `archive/damaged` where the data are not what the
 * table says: length and CRC-32.
 */
export async function unpack(
  file: RandomAccess,
  entry: ZipEntry,
  name = entry.path,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const damaged = (reason: string) => new FaceError('archive/damaged', { name, reason });
  const refused = refusal(entry, name);
  if (refused) throw refused;
  const start = await dataStart(file, entry);
  if (start === null) throw damaged('its place in the archive is wrong');
  if (start + entry.packed > file.size) throw damaged('part of it is missing');

  const packed = pieces(file, start, start + entry.packed);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let [bytes, crc] = [0, 0];
  const bad = () => damaged('it cannot be unpacked');
  for await (const part of entry.method === STORED ? packed : inflated(packed, bad)) {
    bytes += part.length;
    if (bytes > MOST_PICTURE_BYTES) throw tooLarge(name);
    if (bytes > entry.size) throw damaged('it is longer than the archive says');
    crc = crc32(part, crc);
    parts.push(part);
  }
  if (bytes < entry.size) throw damaged('part of it is missing');
  if (crc !== entry.crc) throw damaged('its check sum is wrong');
  return parts;
}

async function* pieces(file: RandomAccess, start: number, end: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = start; at < end; at += WINDOW) {
    const window = await file.read(at, Math.min(end, at + WINDOW));
    for (let from = 0; from < window.length; from += PIECE) yield window.subarray(from, from + PIECE);
  }
}

/** Throws what the reading throws, and `bad()` where the data are no deflate stream. */
async function* inflated(
  packed: AsyncGenerator<Uint8Array<ArrayBuffer>>,
  bad: () => FaceError,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  let unread: unknown = null;
  const feed = async () => {
    for (;;) {
      const next = await packed.next().catch((thrown: unknown) => {
        unread = thrown;
        throw thrown;
      });
      if (next.done) return writer.close();
      await writer.write(next.value);
    }
  };
  feed().catch((thrown: unknown) => writer.abort(thrown).catch(() => {})); // the reader then throws it
  try {
    for (;;) {
      const next = await reader.read().catch(() => {
        throw unread === null ? bad() : (unread as Error);
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await reader.cancel().catch(() => {}); // not wanted any more, or failed
  }
}
