import { execFileSync } from 'node:child_process';
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { readArchive } from '../../../src/evaluate/archive';
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
const read = (path: string) =>
  readArchive({ name: path, chunks: () => createReadStream(path) as AsyncIterable<Uint8Array> }, isPicture);
const isPicture = (name: string) => name.endsWith('.jpg');

describe.each(Object.entries(archives))('%s', (_, path) => {
  test('gives the wanted files, whole, by their names', async () => {
    const files = await read(path);
    expect([...files.keys()].sort()).toEqual(Object.keys(FILES).filter(isPicture).sort());
    for (const [name, bytes] of files) expect(Array.from(bytes)).toEqual(Array.from(FILES[name]!));
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
])('%s is told to be no archive', async (_, bytes) => {
  const path = join(folder, 'other');
  writeFileSync(path, bytes);
  expect(await rejectionCode(read(path))).toBe('evaluate/bad-archive');
});
