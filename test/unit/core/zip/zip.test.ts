import { strToU8, zipSync } from 'fflate';
import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FaceError } from '../../../../src/core/errors';
import { crc32 } from '../../../../src/core/zip/crc32';
import { refusal, unpack } from '../../../../src/core/zip/unpack';
import { accessOf, readZipDirectory, type RandomAccess } from '../../../../src/core/zip/zipDirectory';
import { dosDate, extraField, makeZip, type ZipFileEntry } from '../../../fixtures/zip';
import { rejectionCode } from '../../weights/errorCode';

const bytesOf = (...values: number[]) => Uint8Array.from(values);
const A = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251);
const open = (bytes: Uint8Array<ArrayBuffer>): RandomAccess => accessOf(new Blob([bytes]));
const list = (...entries: ZipFileEntry[]) => readZipDirectory(open(makeZip(entries)));
const joined = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

test('CRC-32 is the one of the standard, in pieces too', () => {
  const text = strToU8('123456789');
  expect(crc32(text)).toBe(0xcbf43926);
  expect(crc32(text.subarray(4), crc32(text.subarray(0, 4)))).toBe(0xcbf43926);
});

test('a zip of another program gives all files, byte for byte, in any order', async () => {
  const zip = open(
    new Uint8Array(zipSync({ 'x/a.jpg': A, 'b.png': [strToU8('bb'), { level: 0 }], 'leer.txt': bytesOf() })),
  );
  const { entries, problem } = await readZipDirectory(zip);
  expect(problem).toBeNull();
  expect(entries.map(({ path, size }) => [path, size])).toEqual([
    ['x/a.jpg', A.length],
    ['b.png', 2],
    ['leer.txt', 0],
  ]);
  expect(joined(await unpack(zip, entries[1]!))).toEqual(strToU8('bb'));
  expect(Buffer.from(joined(await unpack(zip, entries[0]!))).equals(Buffer.from(A))).toBe(true);
  expect(await unpack(zip, entries[2]!)).toEqual([]);
});

test('a comment at the end, bytes before the first entry and folders are no hindrance', async () => {
  const zip = makeZip(
    [
      { name: 'x/', data: bytesOf() },
      { name: 'x/a.jpg', data: A },
    ],
    'PK\x05\x06 is what a zip ends with',
  );
  expect((await readZipDirectory(open(zip))).entries.map(({ path }) => path)).toEqual(['x/a.jpg']);
  const marked = open(new Uint8Array([...bytesOf(0x50, 0x4b, 0x30, 0x30), ...zip]));
  const { entries } = await readZipDirectory(marked);
  expect(joined(await unpack(marked, entries[0]!)).length).toBe(A.length);
});

describe('names', () => {
  const NAME = 'Pâques/1.jpg';
  const cp437 = Buffer.from(NAME.replace('â', '\x83'), 'latin1');
  const unicode = (plain: Uint8Array) =>
    extraField(0x7075, Buffer.concat([bytesOf(1), new Uint8Array(Uint32Array.of(crc32(plain)).buffer), strToU8(NAME)]));
  test.each<[string, Omit<ZipFileEntry, 'data'>]>([
    ['UTF-8 with its flag', { name: NAME, flags: 1 << 11 }],
    ['UTF-8 without it', { name: NAME }],
    ['the IBM PC’s characters', { name: cp437 }],
    ['the field with the name in Unicode', { name: strToU8('P_ques/1.jpg'), extra: unicode(strToU8('P_ques/1.jpg')) }],
    ['the IBM PC’s characters and a field of another name', { name: cp437, extra: unicode(strToU8('other')) }],
  ])('%s', async (_, entry) => {
    expect((await list({ ...entry, data: A })).entries[0]!.path).toBe(NAME);
  });
});

describe('dates', () => {
  const time = Date.UTC(2019, 0, 25, 12, 30, 15);
  const unix = extraField(0x5455, Buffer.concat([bytesOf(1), new Uint8Array(Int32Array.of(time / 1000).buffer)]));
  const ticks = new Uint8Array(BigUint64Array.of(BigInt(time + 11_644_473_600_000) * 10_000n, 0n, 0n).buffer);
  const ntfs = extraField(0x000a, Buffer.concat([bytesOf(0, 0, 0, 0, 1, 0, 24, 0), ticks]));
  const dateOf = async (entry: Partial<ZipFileEntry>) =>
    (await list({ name: 'a.jpg', data: A, ...entry })).entries[0]!.modified;
  test.each([
    [
      'the plain one is local time',
      { dos: dosDate(2019, 1, 25, 12, 30, 14) },
      new Date(2019, 0, 25, 12, 30, 14).getTime(),
    ],
    ['Unix’s is UTC', { extra: unix }, time],
    ['Windows’ is UTC', { extra: Buffer.concat([extraField(0xcafe, bytesOf()), ntfs]) }, time],
    ['none', { dos: 0 }, null],
    ['the first one there is, of programs that know none', { dos: dosDate(1980, 1, 1, 0, 0, 0) }, null],
    ['a minute later is a date', { dos: dosDate(1980, 1, 1, 0, 1, 0) }, new Date(1980, 0, 1, 0, 1).getTime()],
  ])('%s', async (_, entry, expected) => {
    expect(await dateOf(entry)).toBe(expected);
  });
});

test.each([
  ['a password', { flags: 1 }, 'archive/locked', 'is locked with a password'],
  ['AES', { method: 99, flags: 1 }, 'archive/locked', 'is locked with a password'],
  ['Deflate64', { method: 9 }, 'archive/method', '(Deflate64)'],
  ['BZip2', { method: 12 }, 'archive/method', '(BZip2)'],
  ['LZMA', { method: 14 }, 'archive/method', '(LZMA)'],
  ['Zstandard', { method: 93 }, 'archive/method', '(Zstandard)'],
  ['a method that nobody knows', { method: 1234 }, 'archive/method', '(method 1234)'],
  ['more bytes than a picture has', { size: 300e6 }, 'image/too-many-bytes', '256 MB'],
])('%s is known from the table and named', async (_, entry, code, words) => {
  const zip = open(
    makeZip([
      { name: 'b.jpg', data: A, ...entry },
      { name: 'a.jpg', data: A },
    ]),
  );
  const { entries } = await readZipDirectory(zip);
  const error = refusal(entries[0]!);
  expect(error?.code).toBe(code);
  expect(error?.message).toContain(words);
  expect(error?.message).toContain('b.jpg');
  expect(await rejectionCode(unpack(zip, entries[0]!))).toBe(code);
  // The others are read.
  expect(joined(await unpack(zip, entries[1]!)).length).toBe(A.length);
});

test.each([
  ['a wrong check sum', { crc: 1 }, 'its check sum is wrong'],
  ['a flipped bit that was not compressed', { method: 0, crc: crc32(Uint8Array.of(1)) }, 'its check sum is wrong'],
  ['data that are no deflate', { method: 8 }, 'it cannot be unpacked'],
  ['fewer bytes than the table says', { size: A.length + 1 }, 'part of it is missing'],
  ['more bytes than the table says', { size: 10 }, 'it is longer than the archive says'],
])('%s: damaged, named, and the next one is read', async (what, entry, words) => {
  const bytes = makeZip([
    { name: 'b.jpg', data: A, ...entry },
    { name: 'a.jpg', data: A },
  ]);
  if (what.includes('no deflate')) bytes.fill(0xff, 60, 200);
  const zip = open(bytes);
  const { entries } = await readZipDirectory(zip);
  await expect(unpack(zip, entries[0]!)).rejects.toThrow(`b.jpg is damaged in the archive: ${words}.`);
  expect(joined(await unpack(zip, entries[1]!)).length).toBe(A.length);
});

test('a file that cannot be read any more ends the unpacking, with the file’s own error', async () => {
  const bytes = makeZip([{ name: 'a.jpg', data: A }]);
  const whole = open(bytes);
  const { entries } = await readZipDirectory(whole);
  const gone = new DOMException('gone', 'NotReadableError');
  const file = {
    size: bytes.length,
    read: (from: number, to: number) => (from < 30 ? whole.read(from, to) : Promise.reject(gone)),
  };
  await expect(unpack(file, entries[0]!)).rejects.toBe(gone);
});

test('a bomb is stopped: neither what it claims nor what it holds is ever in memory', async () => {
  // 2 GiB of zeros in 2 MB, of which the table says that they are 100 MB. A flushed stream can be repeated.
  const zeros = deflateRawSync(new Uint8Array(2 ** 24), { finishFlush: constants.Z_FULL_FLUSH });
  const packed = new Uint8Array(Buffer.concat(new Array<Buffer>(128).fill(zeros)));
  const zip = makeZip([{ name: 'b.jpg', data: packed, method: 0, size: 100e6 }]);
  new DataView(zip.buffer).setUint16(8, 8, true);
  const end = zip.length - 22;
  new DataView(zip.buffer).setUint16(new DataView(zip.buffer).getUint32(end + 16, true) + 10, 8, true);
  let read = 0;
  const whole = open(zip);
  const file = {
    size: zip.length,
    read: (from: number, to: number) => {
      read += Math.min(to, zip.length) - from;
      return whole.read(from, to);
    },
  };
  const { entries } = await readZipDirectory(file);
  expect(entries[0]).toMatchObject({ method: 8, size: 100e6 });
  read = 0;
  await expect(unpack(file, entries[0]!)).rejects.toThrow('longer than the archive says');
  expect(read).toBeLessThan(packed.length);
});

test('a claim of more than there is takes no memory', async () => {
  const zip = makeZip([{ name: 'a.jpg', data: A, method: 0 }]);
  const view = new DataView(zip.buffer);
  const table = view.getUint32(zip.length - 6, true);
  view.setUint32(table + 20, 200e6, true); // packed
  view.setUint32(table + 24, 200e6, true); // as it was
  const file = open(zip);
  const { entries } = await readZipDirectory(file);
  await expect(unpack(file, entries[0]!)).rejects.toThrow('part of it is missing');
});

test('numbers beyond 32 bits are taken from the field for them', async () => {
  const zip64 = extraField(1, new Uint8Array(BigUint64Array.of(5_000_000_000n).buffer));
  expect((await list({ name: 'a.jpg', data: A, size: 0xffffffff, extra: zip64 })).entries[0]!.size).toBe(5e9);
});

test('a zip without its end gives what lies whole before', async () => {
  const zip = makeZip([
    { name: 'a.jpg', data: A, method: 0 },
    { name: 'b.jpg', data: A, method: 0 },
  ]);
  const cut = open(zip.slice(0, 1.5 * A.length));
  const { entries, problem } = await readZipDirectory(cut);
  expect(problem).toBe('cut');
  expect(entries.map(({ path }) => path)).toEqual(['a.jpg']);
  expect(Buffer.from(joined(await unpack(cut, entries[0]!))).equals(Buffer.from(A))).toBe(true);
});

test.each([
  ['text is no zip', strToU8('no archive'), 'no-zip'],
  ['an empty file is no zip', bytesOf(), 'no-zip'],
  ['a zip without files is whole', makeZip([]), null],
  ['a zip of nothing but its first letters is cut off', strToU8('PK\x03\x04'), 'cut'],
])('%s', async (_, bytes, problem) => {
  expect(await readZipDirectory(open(new Uint8Array(bytes)))).toEqual({ entries: [], problem });
});

test('one part of several is recognised', async () => {
  const zip = makeZip([{ name: 'a.jpg', data: A }]);
  new DataView(zip.buffer).setUint16(zip.length - 18, 2, true); // this is the third part
  expect((await readZipDirectory(open(zip))).problem).toBe('split');
});

test('any damage ends in an answer', async () => {
  const zip = makeZip([
    { name: 'a.jpg', data: A.slice(0, 500) },
    { name: 'b.jpg', data: A.slice(0, 300), method: 0 },
  ]);
  for (let at = 0; at < zip.length; at++) {
    const damaged = zip.slice();
    damaged[at]! ^= 0xff;
    const file = open(damaged);
    const { entries } = await readZipDirectory(file);
    for (const entry of entries)
      await unpack(file, entry).catch((thrown: unknown) => expect(thrown).toBeInstanceOf(FaceError));
  }
});
