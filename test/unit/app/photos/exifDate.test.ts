import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exifDate } from '../../../../src/app/photos/exifDate';
import { caseFile, testCase } from '../../../fixtures/cases';

const ORIGINAL = 0x9003;
const DIGITISED = 0x9004;
const FILE = 0x0132;

/** A TIFF structure with those dates, written by hand in either byte order. */
function tiffWith(dates: Readonly<Record<number, string>>, little = true): Buffer {
  const out = Buffer.alloc(400);
  const u16 = (value: number, at: number) => (little ? out.writeUInt16LE(value, at) : out.writeUInt16BE(value, at));
  const u32 = (value: number, at: number) => (little ? out.writeUInt32LE(value, at) : out.writeUInt32BE(value, at));
  let text = 200;
  const directory = (at: number, tags: readonly number[]) => {
    u16(tags.length, at);
    tags.forEach((tag, i) => {
      u16(tag, at + 2 + 12 * i);
      if (tag === 0x8769) return u32(100, at + 10 + 12 * i);
      u32(text, at + 10 + 12 * i);
      out.write(dates[tag]!, text, 'latin1');
      text += 20;
    });
  };
  u16(little ? 0x4949 : 0x4d4d, 0);
  u16(42, 2);
  u32(8, 4);
  const tags = Object.keys(dates).map(Number);
  directory(8, [...tags.filter((tag) => tag === FILE), 0x8769]);
  directory(
    100,
    tags.filter((tag) => tag !== FILE),
  );
  return out;
}
const be32 = (value: number) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value].map((byte) => byte & 255));
const le32 = (value: number) => Buffer.from(be32(value)).reverse();
const EXIF = Buffer.from('Exif\0\0');

const jpegOf = (tiff: Buffer) =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]),
    Buffer.alloc(14),
    Buffer.from([0xff, 0xff, 0xff, 0xe1, (tiff.length + 8) >> 8, (tiff.length + 8) & 255]),
    EXIF,
    tiff,
    Buffer.from([0xff, 0xda, 0, 2]),
  ]);
const chunk = (type: string, data: Buffer) => Buffer.concat([be32(data.length), Buffer.from(type), data, be32(0)]);
const pngOf = (tiff: Buffer) =>
  Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', Buffer.alloc(13)),
    chunk('IDAT', Buffer.alloc(200_001)), // longer than what is read at a time
    chunk('eXIf', tiff),
    chunk('IEND', Buffer.alloc(0)),
  ]);
const riff = (type: string, data: Buffer) =>
  Buffer.concat([Buffer.from(type), le32(data.length), data, Buffer.alloc(data.length % 2)]);
const webpOf = (exif: Buffer) =>
  Buffer.concat([
    Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'),
    riff('VP8X', Buffer.alloc(10)),
    riff('VP8 ', Buffer.alloc(99_999)),
    riff('EXIF', exif),
  ]);

const TEXT = '2006:12:24 18:30:05';
const TIME = new Date(2006, 11, 24, 18, 30, 5).getTime();
const dateOf = (bytes: Uint8Array) => exifDate(new Blob([new Uint8Array(bytes)]));

test.each([
  ['a JPEG', jpegOf(tiffWith({ [ORIGINAL]: TEXT }))],
  ['a JPEG, big-endian', jpegOf(tiffWith({ [ORIGINAL]: TEXT }, false))],
  ['a PNG, after its pixels', pngOf(tiffWith({ [ORIGINAL]: TEXT }))],
  ['a WebP', webpOf(tiffWith({ [ORIGINAL]: TEXT }, false))],
  ['a WebP as Adobe’s', webpOf(Buffer.concat([EXIF, tiffWith({ [ORIGINAL]: TEXT })]))],
  ['a scan, which was only digitised', jpegOf(tiffWith({ [DIGITISED]: TEXT }))],
  ['a picture with only its file’s date', jpegOf(tiffWith({ [FILE]: TEXT }))],
  [
    'all three',
    jpegOf(tiffWith({ [FILE]: '2020:01:01 00:00:00', [ORIGINAL]: TEXT, [DIGITISED]: '2019:01:01 00:00:00' })),
  ],
  ['one that is blank and one that is not', jpegOf(tiffWith({ [ORIGINAL]: '    :  :     :  :  ', [DIGITISED]: TEXT }))],
])('the date in %s is local time', async (_, bytes) => {
  expect(await dateOf(bytes)).toBe(TIME);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['another format', Buffer.from('GIF89a'.repeat(10))],
  ['a JPEG without the block', Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 12, 1, 1, 1, 1, 1, 1, 1])],
  ['a JPEG cut in the block', jpegOf(tiffWith({ [ORIGINAL]: TEXT })).subarray(0, 240)],
  ['a date of zeros', jpegOf(tiffWith({ [ORIGINAL]: '0000:00:00 00:00:00' }))],
  ['a month that is none', jpegOf(tiffWith({ [ORIGINAL]: '2006:13:24 18:30:05' }))],
  [
    'a PNG whose chunk claims four gigabytes',
    Buffer.concat([pngOf(Buffer.alloc(0)).subarray(0, 33), be32(2 ** 32 - 1), Buffer.from('eXIf')]),
  ],
  ['a WebP without it', webpOf(Buffer.alloc(0)).subarray(0, 60_000)],
])('%s has no date', async (_, bytes) => {
  expect(await dateOf(bytes)).toBeNull();
});

testCase('exif-date-local')('the case’s picture is of New Year’s Eve', async () => {
  const bytes = readFileSync(caseFile('exif-date-local', 'one.jpg'));
  expect(await dateOf(bytes)).toBe(new Date(2023, 11, 31, 23, 30).getTime());
});
