import { expect, test } from 'vitest';
import { readTar } from '../../../src/evaluate/tar';
import { tarEntry } from '../../fixtures/tar';

const ascii = (text: string) => new TextEncoder().encode(text);

const A = Uint8Array.from({ length: 700 }, (_, i) => i % 256);
const TAR = [
  tarEntry('a.jpg', A),
  tarEntry('b.jpg', ascii('b'), 'long/way'),
  tarEntry('c.txt', ascii('c')),
  new Uint8Array(1024),
];
const BYTES = new Uint8Array(TAR.flatMap((part) => [...part]));

const inChunks = (bytes: Uint8Array<ArrayBuffer>, size: number) =>
  new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.subarray(at, at + size));
      controller.close();
    },
  });
const read = (bytes: Uint8Array<ArrayBuffer>, size = 512) =>
  readTar(inChunks(bytes, size), (name) => name.endsWith('.jpg'));

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

test('an archive may end with one block of zeros, but not with none', async () => {
  const oneBlock = BYTES.subarray(0, -512);
  expect(await read(oneBlock)).toEqual(await read(BYTES));
  await expect(read(BYTES.subarray(0, -1024))).rejects.toThrow('it ends in the middle');
  await expect(read(BYTES.subarray(0, -1024 - 512))).rejects.toThrow('it ends in the middle'); // in the last file
});

test('dates before 1970 and bytes after the end are ignored, as by other readers', async () => {
  const dated = BYTES.slice();
  dated.fill(0xff, 136, 148); // base 256: one second before 1970
  dated.set(ascii(' '.repeat(8)), 148);
  const sum = dated.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  dated.set(ascii(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  expect([...(await read(dated)).keys()]).toEqual(['a.jpg', 'long/way/b.jpg']);
  expect(await read(Uint8Array.of(...BYTES, ...A))).toEqual(await read(BYTES));
});

test('nothing of a stream is read after what is wrong with it', async () => {
  let asked = 0;
  let isCancelled = false;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: (controller) => {
        asked++;
        controller.enqueue(new Uint8Array(512).fill(7));
      },
      cancel: () => void (isCancelled = true),
    },
    { highWaterMark: 0 },
  );
  await expect(readTar(endless, () => true)).rejects.toThrow('it is damaged, or not an archive');
  expect([asked, isCancelled]).toEqual([1, true]);
});

test('a claimed size is never taken for the truth: too large for a picture, larger than the stream, or no number', async () => {
  const claiming = (size: string): Uint8Array<ArrayBuffer> => {
    const bytes = BYTES.slice();
    bytes.set(ascii(size), 124);
    bytes.set(ascii(' '.repeat(8)), 148);
    const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    bytes.set(ascii(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
    return bytes;
  };
  await expect(read(claiming('77777777777'))).rejects.toThrow('it ends in the middle');
  await expect(read(claiming('00100000000'))).rejects.toThrow('it ends in the middle');
  await expect(read(claiming('hello      '))).rejects.toThrow('it is damaged, or not an archive');
});
