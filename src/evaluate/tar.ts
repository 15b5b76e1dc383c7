const BLOCK = 512;
/** Entry types: a file (also as old programs write it), a long name for the next entry (GNU), its attributes (POSIX). */
const FILE = new Set(['0', '\0', '7']);
const GNU_NAME = 'L';
const PAX = 'x';

/**
 * The files of a tar stream whose names `wants` says yes to. Throws an Error whose message says what is wrong with the
 * stream, and what the stream itself throws.
 */
export async function readTar(
  stream: AsyncIterable<Uint8Array>,
  wants: (name: string) => boolean,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const reader = new BlockReader(stream[Symbol.asyncIterator]());
  let longName: string | null = null;
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header === null) throw new Error('it ends in the middle');
    if (header.every((byte) => byte === 0)) return files;
    if (!checksumFits(header)) throw new Error('it is damaged, or not an archive');
    const size = numberAt(header, 124, 12);
    const type = String.fromCharCode(header[156]!);
    const data = await reader.take(Math.ceil(size / BLOCK) * BLOCK);
    if (data === null) throw new Error('it ends in the middle');
    const content = data.subarray(0, size);
    if (type === GNU_NAME) longName = textOf(content);
    else if (type === PAX) longName = /\d+ path=([^\n]+)\n/.exec(textOf(content))?.[1] ?? longName;
    else {
      const name = longName ?? nameOf(header);
      longName = null;
      if (FILE.has(type) && wants(name)) files.set(name, content.slice());
    }
  }
}

/** Takes pieces of given lengths from a stream's chunks. */
class BlockReader {
  #rest: Uint8Array = new Uint8Array(0);
  constructor(private readonly chunks: AsyncIterator<Uint8Array>) {}

  /** Null where the stream has no more so many bytes. */
  async take(length: number): Promise<Uint8Array | null> {
    const parts = [this.#rest];
    let have = this.#rest.length;
    while (have < length) {
      const { value, done } = await this.chunks.next();
      if (done) return null;
      parts.push(value);
      have += value.length;
    }
    const all = parts.length === 1 ? parts[0]! : joined(parts, have);
    this.#rest = all.subarray(length);
    return all.subarray(0, length);
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** An octal number, as text. */
function numberAt(header: Uint8Array, at: number, length: number): number {
  return Number.parseInt(textOf(header.subarray(at, at + length)).trim() || '0', 8);
}

function nameOf(header: Uint8Array): string {
  const isPosix = textOf(header.subarray(257, 262)) === 'ustar';
  const prefix = isPosix ? textOf(header.subarray(345, 500)) : '';
  const name = textOf(header.subarray(0, 100));
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** The sum of the header's bytes, its own eight counted as blanks. */
function checksumFits(header: Uint8Array): boolean {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : header[i]!;
  return sum === numberAt(header, 148, 8);
}
