import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { FaceError } from '../../../src/core/errors';
import { readArchive, type ArchiveEntry } from '../../../src/evaluate/archive';
import { accessOf } from '../../../src/harness/cli/lfw/pictureSet';
import { makeZip } from '../../fixtures/zip';
import { rejectionCode } from '../weights/errorCode';

const folder = mkdtempSync(join(tmpdir(), 'facenet-archive-'));
afterAll(() => rmSync(folder, { recursive: true }));

// A name too long for a tar header's own field, and a file longer than one block.
const LONG = `lfw/${'a'.repeat(120)}/${'b'.repeat(60)}.jpg`;
const FILES: Record<string, Uint8Array> = {
  'lfw/Ann/Ann_0001.jpg': Uint8Array.from({ length: 3000 }, (_, i) => i % 251),
  'lfw/Bo/Bo_0001.jpg': Uint8Array.of(1, 2, 3),
  'lfw/README.txt': Uint8Array.of(9),
  [LONG]: Uint8Array.of(7, 7),
};
for (const [name, bytes] of Object.entries(FILES)) {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), bytes);
}
const tar = (file: string, ...flags: string[]): string => {
  execFileSync('tar', [...flags, '-cf', join(folder, file), '-C', folder, 'lfw']);
  return join(folder, file);
};
const zip = join(folder, 'lfw.zip');
writeFileSync(zip, zipSync(FILES));
const archives = {
  'a GNU tar': tar('gnu.tar', '--format=gnu'),
  'a POSIX tar': tar('pax.tar', '--format=pax'),
  'an old POSIX tar with gzip': tar('ustar.tgz', '--format=gnu', '-z'),
  'a zip': zip,
};
async function read(path: string): Promise<Map<string, ArchiveEntry>> {
  const file = await open(path);
  try {
    return await readArchive(path, await accessOf(file), isPicture);
  } finally {
    await file.close();
  }
}
const isPicture = (name: string) => name.endsWith('.jpg');

describe.each(Object.entries(archives))('%s', (_, path) => {
  test('gives the wanted files, whole, by their names', async () => {
    const files = await read(path);
    expect([...files.keys()].sort()).toEqual(Object.keys(FILES).filter(isPicture).sort());
    for (const [name, bytes] of files) expect(Array.from(bytes as Uint8Array)).toEqual(Array.from(FILES[name]!));
  });

  test('that is cut off gives evaluate/bad-archive', async () => {
    const bytes = readFileSync(path);
    // The second half of so small a tar is padding.
    for (const share of path.endsWith('.tar') ? [0.15, 0.3] : [0.3, 0.6, 0.9]) {
      const cut = join(folder, 'cut');
      writeFileSync(cut, bytes.subarray(0, Math.floor(bytes.length * share)));
      expect(await rejectionCode(read(cut))).toBe('evaluate/bad-archive');
    }
  });
});

test.each([
  ['a picture', Buffer.from([0xff, 0xd8, 0xff, ...new Array<number>(2000).fill(1)])],
  ['text', Buffer.from('not an archive\n'.repeat(100))],
  ['an empty file', Buffer.alloc(0)],
  ['a damaged gzip', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(600, 0xaa)])],
])('%s is refused as no archive', async (_, bytes) => {
  const path = join(folder, 'other');
  writeFileSync(path, bytes);
  expect(await rejectionCode(read(path))).toBe('evaluate/bad-archive');
});

test.each([
  ['a flipped bit', { crc: 1 }, 'a.jpg is damaged in the archive: its check sum is wrong'],
  ['a password', { flags: 1 }, 'a.jpg is locked with a password'],
  ['Deflate64', { method: 9 }, 'packed in a way (Deflate64)'],
  ['a claim of 300 MB', { size: 300e6 }, 'a.jpg is larger than 256 MB'],
])('a zip whose wanted picture has %s gives why in its place, and the others', async (_, entry, words) => {
  const path = join(folder, 'bad.zip');
  const good = { name: 'b.jpg', data: Uint8Array.of(1) };
  writeFileSync(path, makeZip([{ name: 'a.jpg', data: Uint8Array.of(1, 2, 3), ...entry }, good]));
  const files = await read(path);
  expect(files.get('b.jpg')).toEqual(Uint8Array.of(1));
  expect(files.get('a.jpg')).toBeInstanceOf(FaceError);
  expect((files.get('a.jpg') as FaceError).message).toContain(words);
  // What nobody wants may be as it likes.
  writeFileSync(path, makeZip([{ name: 'a.txt', data: Uint8Array.of(1, 2, 3), ...entry }, good]));
  expect([...(await read(path)).keys()]).toEqual(['b.jpg']);
});

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write(size.toString(8).padStart(11, '0'), 124);
  block.write('        0', 148);
  const sum = block.reduce((a, b) => a + b, 0).toString(8);
  block.write(`${sum.padStart(6, '0')}\0 `, 148);
  return block;
}

/** A gzipped tar with an entry of zeros between two pictures. */
function withZeros(path: string, name: string, megabytes: number): string {
  const picture = (each: string) => [header(each, 3), Buffer.alloc(512, 1)];
  const zeros = Buffer.alloc(2 ** 20);
  const parts = [...picture('a.jpg'), header(name, megabytes * 2 ** 20), ...new Array<Buffer>(megabytes).fill(zeros)];
  parts.push(...picture('b.jpg'), Buffer.alloc(1024));
  writeFileSync(path, gzipSync(Buffer.concat(parts), { level: 1 }));
  return path;
}

test('what nobody wants of a tar is passed over without being kept', async () => {
  const path = withZeros(join(folder, 'bomb.tgz'), 'README', 120);
  let most = 0;
  const before = process.memoryUsage().arrayBuffers;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 5);
  const files = await read(path);
  clearInterval(timer);
  expect([...files.keys()]).toEqual(['a.jpg', 'b.jpg']);
  expect(most).toBeLessThan(60e6);
});

test('a picture of a tar that is too large for one has its error in its place, and the others are given', async () => {
  const found = await read(withZeros(join(folder, 'large.tgz'), 'huge.jpg', 257));
  expect([...found.keys()]).toEqual(['a.jpg', 'huge.jpg', 'b.jpg']);
  expect(found.get('huge.jpg')).toMatchObject({ code: 'image/too-many-bytes' });
  expect(found.get('b.jpg')).toEqual(Uint8Array.of(1, 1, 1));
});
