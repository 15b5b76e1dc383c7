import { expect, test } from 'vitest';
import { readTar } from '../../../src/evaluate/tar';

const ascii = (text: string) => new TextEncoder().encode(text);

/** An entry as POSIX 1988 has it: 512 bytes of header, their sum in octal, then the content in whole blocks. */
function entry(name: string, content: Uint8Array, prefix = ''): Uint8Array {
  const out = new Uint8Array(512 + 512 * Math.ceil(content.length / 512));
  out.set(ascii(name), 0);
  out.set(ascii(content.length.toString(8).padStart(11, '0')), 124);
  out.set(ascii(' '.repeat(8)), 148);
  out.set(ascii('0'), 156);
  out.set(ascii('ustar'), 257);
  out.set(ascii(prefix), 345);
  const sum = out.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  out.set(ascii(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  out.set(content, 512);
  return out;
}

const A = Uint8Array.from({ length: 700 }, (_, i) => i % 256);
const TAR = [
  entry('a.jpg', A),
  entry('b.jpg', ascii('b'), 'long/way'),
  entry('c.txt', ascii('c')),
  new Uint8Array(1024),
];
const BYTES = new Uint8Array(TAR.flatMap((part) => [...part]));

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}
const read = (bytes: Uint8Array, size = 512) => readTar(inChunks(bytes, size), (name) => name.endsWith('.jpg'));

test.each([7, 512, 1000, 1e6])('the wanted files come whole, read in pieces of %d bytes', async (size) => {
  const files = await read(BYTES, size);
  expect([...files]).toEqual([
    ['a.jpg', A],
    ['long/way/b.jpg', ascii('b')],
  ]);
});

test('a header with one wrong byte, and an end in the middle, are said', async () => {
  const damaged = BYTES.slice();
  damaged[1536 + 3]! ^= 1; // in the second file's header
  await expect(read(damaged)).rejects.toThrow('it is damaged, or not an archive');
  await expect(read(BYTES.subarray(0, 900))).rejects.toThrow('it ends in the middle');
});
