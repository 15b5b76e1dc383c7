/** Pictures out of a tar, read as a stream: POSIX 1988, PAX and GNU. Why no library reads it: CONTRIBUTING.md. */
import type { FaceError } from '../core/errors';
import { MOST_PICTURE_BYTES, tooLarge } from '../core/zip/unpack';

const BLOCK = 512;
/** Entry types: a file (also as old programs write it), a long name of the next entry (GNU), its attributes (PAX). */
const FILE = new Set(['0', '\0', '7']);
const GNU_NAME = 'L';
const PAX = 'x';
/** A name or a list of attributes is never longer. */
const MOST_NAME_BYTES = 2 ** 20;

/**
 * The files of a tar stream whose names `wants` accepts. Everything else is skipped without being kept, also a wanted
 * file that is too large for a picture, whose entry is the error that says so. As other readers do, it ignores dates and
 * rights, and what follows the first block of zeros. Throws an Error whose message says what is wrong with the archive,
 * and what the stream itself throws; nothing more of the stream is read then.
 */
export async function readTar(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  wants: (name: string) => boolean,
): Promise<Map<string, Uint8Array | FaceError>> {
  const source = stream.getReader();
  try {
    return await readEntries(new BlockReader(source), wants);
  } finally {
    await source.cancel().catch(() => {}); // an error of its own was thrown by reading
  }
}

async function readEntries(reader: BlockReader, wants: (name: string) => boolean) {
  const files = new Map<string, Uint8Array | FaceError>();
  let longName: string | null = null;
  let longSize: number | null = null;
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    if (!checksumFits(header)) throw new Error('it is damaged, or not an archive');
    const type = String.fromCharCode(header[156]!);
    if (type === GNU_NAME || type === PAX) {
      const content = textOf(await reader.content(sizeAt(header), MOST_NAME_BYTES));
      if (type === GNU_NAME) longName = content;
      else {
        longName = /\d+ path=([^\n]+)\n/.exec(content)?.[1] ?? longName;
        const size = /\d+ size=(\d+)\n/.exec(content)?.[1];
        if (size !== undefined) longSize = Number(size);
      }
      continue;
    }
    const name = longName ?? nameOf(header);
    const size = longSize ?? sizeAt(header);
    longName = longSize = null;
    if (!FILE.has(type) || !wants(name)) await reader.skip(padded(size));
    else if (size > MOST_PICTURE_BYTES) {
      files.set(name, tooLarge(name));
      await reader.skip(padded(size));
    } else files.set(name, await reader.content(size, MOST_PICTURE_BYTES));
  }
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/** Takes pieces of given lengths from a stream. Each method throws where the stream ends before. */
class BlockReader {
  #rest: Uint8Array = new Uint8Array(0);
  constructor(private readonly source: ReadableStreamDefaultReader<Uint8Array>) {}

  async take(length: number): Promise<Uint8Array> {
    const parts = [this.#rest];
    let have = this.#rest.length;
    while (have < length) {
      const chunk = await this.#next();
      parts.push(chunk);
      have += chunk.length;
    }
    const all =
      parts.length === 1 ? parts[0]! : new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
    this.#rest = all.subarray(length);
    return all.subarray(0, length);
  }

  /** An entry's content, a copy of its own, without what fills its last block. */
  async content(size: number, most: number): Promise<Uint8Array> {
    if (size > most) throw new Error('it is damaged, or not an archive');
    return (await this.take(padded(size))).slice(0, size);
  }

  /** Keeps nothing of what it skips. */
  async skip(length: number): Promise<void> {
    let left = length;
    while (left > this.#rest.length) {
      left -= this.#rest.length;
      this.#rest = await this.#next();
    }
    this.#rest = this.#rest.subarray(left);
  }

  async #next(): Promise<Uint8Array> {
    const { value } = await this.source.read();
    if (value === undefined) throw new Error('it ends in the middle');
    return value;
  }
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** An octal number, as text. */
function numberAt(header: Uint8Array, at: number, length: number): number {
  return Number.parseInt(textOf(header.subarray(at, at + length)).trim() || '0', 8);
}

/** The content's bytes: an octal number, or a binary one of large files, whose first bit is set. */
function sizeAt(header: Uint8Array): number {
  const size =
    header[124]! & 0x80
      ? header.subarray(125, 136).reduce((total, byte) => 256 * total + byte, header[124]! & 0x7f)
      : numberAt(header, 124, 12);
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('it is damaged, or not an archive');
  return size;
}

function nameOf(header: Uint8Array): string {
  const isPosix = textOf(header.subarray(257, 262)) === 'ustar';
  const prefix = isPosix ? textOf(header.subarray(345, 500)) : '';
  const name = textOf(header.subarray(0, 100));
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** The sum of the header's bytes, with its own eight bytes counted as blanks. */
function checksumFits(header: Uint8Array): boolean {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : header[i]!;
  return sum === numberAt(header, 148, 8);
}
