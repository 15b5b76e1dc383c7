import { expect, test } from 'vitest';
import { fileRole, unreadableError } from '../../../src/core/pictureFiles';

test.each([
  'a.jpg',
  'x/y/B.JPEG',
  'scan.jfif',
  'old.jpe',
  'b/c.webp',
  'x.PNG',
  './lfw/Ann/1.jpg',
  'Ann.B/1.avif',
  'trashed memories/1.bmp',
  'Library.photoslibrary/originals/1/1.jpg',
])('%s is a picture', (path) => {
  expect(fileRole(path)).toBe('picture');
});

test.each(['a.txt', 'jpg', 'a.jpg.gz', 'folder.jpg/readme', 'movie.mp4', ''])('%j is none', (path) => {
  expect(fileRole(path)).toBe('other');
});

test.each([
  '.hidden/a.jpg',
  'Ada/._1.jpg',
  '.DS_Store',
  '__MACOSX/Ada/1.jpg',
  'Ada/@eaDir/1.jpg/SYNOPHOTO_THUMB_XL.jpg',
  'Ada/@EADIR/1.jpg/x.jpg',
  '#recycle/Ada/1.jpg',
  '#snapshot/1.jpg',
  '.@__thumb/1.jpg',
  '@Recycle/1.jpg',
  '@Recently-Snapshot/1.jpg',
  '$RECYCLE.BIN/S-1-5/1.jpg',
  'System Volume Information/1.jpg',
  '.Trash-1000/files/1.jpg',
  '.Trashes/501/1.jpg',
  '.thumbnails/1.heic',
  'Ada/.AppleDouble/1.jpg',
  'Ada/Thumbs.db',
  'Library.photoslibrary/resources/derivatives/1.jpeg',
])('%s is a thumbnail, a deleted file or a system’s', (path) => {
  expect(fileRole(path)).toBe('system');
});

test.each([
  ['IMG_1.HEIC', 'HEIC'],
  ['x.heif', 'HEIC'],
  ['scans/a.TIF', 'TIFF'],
  ['a.tiff', 'TIFF'],
  ['DSC1.NEF', 'raw'],
  ['DSC1.cr3', 'raw'],
  ['a.jxl', 'JPEG XL'],
])('%s is named as %s, with what to do', (path, kind) => {
  expect(fileRole(path)).toBe('unreadable');
  const error = unreadableError(path);
  expect(error?.code).toBe('image/unsupported');
  expect(error?.message).toMatch(
    new RegExp(`^${path} is a ${kind} picture, which this browser cannot read\\..*JPEG.*\\.$`),
  );
});

test('a picture that can be read has no such sentence', () => {
  expect(unreadableError('a.jpg')).toBeNull();
});

const box = (brand: string, others = '') => new TextEncoder().encode(`\0\0\0\u{18}ftyp${brand}\0\0\0\0${others}`);

test.each([
  ['HEIC', box('heic', 'mif1heic')],
  ['HEIC', box('mif1', 'mif1heic')],
  ['HEIC', box('hevc', 'hevc')],
  ['TIFF', Uint8Array.of(0x49, 0x49, 0x2a, 0, 8, 0, 0, 0)],
  ['TIFF', Uint8Array.of(0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8)],
])('%s named .jpg is known by its first bytes', (kind, bytes) => {
  expect(unreadableError('y.jpg', bytes)?.message).toContain(`y.jpg is a ${kind} picture`);
});

test('AVIF, JPEG and a piece of nothing are none of them, and a raw picture keeps its own kind', () => {
  for (const bytes of [box('avif', 'mif1'), box('mif1', 'avif'), Uint8Array.of(0xff, 0xd8, 0xff), new Uint8Array(3)])
    expect(unreadableError('y.jpg', bytes)).toBeNull();
  expect(unreadableError('x.nef', Uint8Array.of(0x49, 0x49, 0x2a, 0))?.message).toContain('raw picture');
});
