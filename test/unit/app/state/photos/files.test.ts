import { strToU8, zipSync } from 'fflate';
import { expect, test, vi } from 'vitest';
import { exifDate } from '../../../../../src/app/state/photos/exifDate';
import { facesCsv } from '../../../../../src/app/state/photos/exports';
import { folderName, sortedZip } from '../../../../../src/app/state/photos/sortedPictures';
import { isPicturePath, numbered, sourceOfZip } from '../../../../../src/app/state/photos/sources';

/** A JPEG's start with an EXIF block that holds DateTimeOriginal, written by hand in either byte order. */
function jpegWithDate(text: string, little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(96));
  const tiff = 12;
  view.setUint16(0, 0xffd8);
  view.setUint16(2, 0xffe1);
  view.setUint16(4, 90);
  view.setUint32(6, 0x45786966);
  view.setUint16(tiff, little ? 0x4949 : 0x4d4d);
  view.setUint16(tiff + 2, 42, little);
  view.setUint32(tiff + 4, 8, little);
  view.setUint16(tiff + 8, 1, little); // one entry: where the EXIF directory is
  view.setUint16(tiff + 10, 0x8769, little);
  view.setUint32(tiff + 18, 26, little);
  view.setUint16(tiff + 26, 1, little); // one entry: the date
  view.setUint16(tiff + 28, 0x9003, little);
  view.setUint32(tiff + 36, 44, little);
  for (let i = 0; i < text.length; i++) view.setUint8(tiff + 44 + i, text.charCodeAt(i));
  return new Uint8Array(view.buffer);
}

test.each([true, false])('the date in a JPEG is local time (little-endian: %s)', (little) => {
  const bytes = jpegWithDate('2006:12:24 18:30:05', little);
  expect(exifDate(bytes)).toBe(new Date(2006, 11, 24, 18, 30, 5).getTime());
});

test.each([
  ['nothing', new Uint8Array(0)],
  ['no JPEG', strToU8('GIF89a')],
  ['a cut-off block', jpegWithDate('2006:12:24 18:30:05', true).slice(0, 60)],
  ['a date of zeros', jpegWithDate('0000:00:00 00:00:00', true)],
  ['blanks', jpegWithDate('    :  :     :  :  ', false)],
])('%s has no date', (_, bytes) => {
  expect(exifDate(bytes)).toBeNull();
});

test.each([
  ['a.jpg', true],
  ['x/y/B.JPEG', true],
  ['.hidden/a.jpg', false],
  ['__MACOSX/._a.jpg', false],
  ['a.txt', false],
])('%s: looked at is %s', (path, expected) => {
  expect(isPicturePath(path)).toBe(expected);
});

test('a zip gives its pictures one after the other, bytes and paths as they were packed', async () => {
  const a = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
  const bytes = zipSync({ 'x/a.jpg': a, 'b.png': [strToU8('bb'), { level: 0 }], 'c.txt': strToU8('c') });
  const source = sourceOfZip(new File([new Uint8Array(bytes)], 'all.zip', { lastModified: 7 }));
  const found: [string, number, number][] = [];
  for await (const { path, size, modified, read } of source.pictures()) {
    found.push([path, size, modified]);
    if (path === 'x/a.jpg') expect(new Uint8Array(await (await read()).arrayBuffer())).toEqual(a);
  }
  expect(found).toEqual([
    ['x/a.jpg', 200_000, 7],
    ['b.png', 2, 7],
  ]);
});

test('a file that is no archive is told in a sentence', async () => {
  const { pictures } = sourceOfZip(new File(['no archive'], 'all.zip'));
  await expect(async () => {
    for await (const picture of pictures()) expect(picture).toBeDefined();
  }).rejects.toThrow('all.zip cannot be read as a zip archive.');
});

test('a zip that is cut off gives what lies before, and is told in a sentence', async () => {
  const bytes = zipSync({
    'a.jpg': [new Uint8Array(5000), { level: 0 }],
    'b.jpg': [new Uint8Array(5000), { level: 0 }],
  });
  const { pictures } = sourceOfZip(new File([new Uint8Array(bytes.subarray(0, 8000))], 'all.zip'));
  const found: string[] = [];
  await expect(async () => {
    for await (const { path } of pictures()) found.push(path);
  }).rejects.toThrow('all.zip is cut off or damaged');
  expect(found).toEqual(['a.jpg']);
});

test.each([
  ['more than 4 GB', 3, 2e9],
  ['more than 65,535 pictures', 70_000, 1000],
])('%s do not become a zip whose numbers are cut off', async (_, count, size) => {
  const faces = Array.from({ length: count }, (_, i) => ({ photoId: `f/${i}.jpg` }));
  const parts = {
    library: {
      folders: [],
      groups: [{ key: 'x', personId: 'x', faces }],
      photos: faces.map(({ photoId }) => ({ id: photoId, folderId: 'f', path: photoId.slice(2), size })),
    },
    people: { nameOf: () => 'Ada' },
  } as unknown as Parameters<typeof sortedZip>[0];
  const pictures = vi.fn(async function* () {});
  const sources = new Map([['f', { name: 'f', total: count, pictures }]]);
  const options = { sources, signal: new AbortController().signal, onPicture: () => undefined };
  await expect(sortedZip(parts, options)).rejects.toThrow(/a zip holds 65,535 and 4 GB at most/);
  expect(pictures).not.toHaveBeenCalled();
});

test.each([
  ['Ada <Lovelace>', 'Ada _Lovelace_'],
  ['a/b\\c', 'a_b_c'],
  ['dots...', 'dots'],
  ['..', '_'],
  ['', '_'],
  ['CON', '_CON'],
  ['nul.jpg', '_nul.jpg'],
  [`${'n'.repeat(3000)}.jpg`, `${'n'.repeat(236)}.jpg`],
  ['ü'.repeat(200), 'ü'.repeat(120)], // two bytes a letter
])('%j as a folder is %j', (name, expected) => {
  expect(folderName(name)).toBe(expected);
});

test('files of one name are numbered before their ending', () => {
  expect(['a.b.jpg', 'a'].flatMap((file) => [1, 2, 3].map((n) => numbered(file, n)))).toEqual([
    'a.b.jpg',
    'a.b (2).jpg',
    'a.b (3).jpg',
    'a',
    'a (2)',
    'a (3)',
  ]);
});

test('the list of faces quotes names, and none of them is a formula', async () => {
  const face = {
    photoId: 'p',
    box: { x0: 1, y0: 2, x1: 3, y1: 4 },
    score: 0.5,
    personId: 'x',
    group: null,
    confirmed: true,
  };
  const parts = {
    library: {
      faces: [face],
      groups: [{ key: 'x', personId: 'x', faces: [face] }],
      photoById: new Map([['p', { path: 'a,"b".jpg', takenAt: 0 }]]),
    },
    people: { nameOf: () => '=cmd()' },
  } as unknown as Parameters<typeof facesCsv>[0];
  const [, row] = (await facesCsv(parts).text()).split('\r\n');
  expect(row).toBe(`"a,""b"".jpg","1970-01-01T00:00:00.000Z","'=cmd()",yes,1.0000,2.0000,3.0000,4.0000,0.5000`);
});
