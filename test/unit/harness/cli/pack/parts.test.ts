import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeParts, writeParts } from '../../../../../src/harness/cli/pack/parts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'parts-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
async function* inChunks(size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < BYTES.length; at += size) yield BYTES.subarray(at, at + size);
}

it.each([1, 99, 300, 1000])(
  'chunks of %i bytes become parts of at most 300 that join to the same bytes',
  async (size) => {
    const parts = await writeParts(inChunks(size), folder, 300);
    expect(parts.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['part.000', 300],
      ['part.001', 300],
      ['part.002', 300],
      ['part.003', 100],
    ]);
    const files = parts.map(({ name }) => readFileSync(join(folder, name)));
    expect(Buffer.concat(files).equals(BYTES)).toBe(true);
    expect(parts.map(({ sha256 }) => sha256)).toEqual(
      files.map((file) => createHash('sha256').update(file).digest('hex')),
    );
  },
);

it('a stream that fails leaves no unfinished part', async () => {
  async function* failing() {
    yield BYTES;
    throw new Error('gone');
  }
  await expect(writeParts(failing(), folder, 600)).rejects.toThrow('gone');
  expect(readdirSync(folder)).toEqual(['part.000']);
});

it('an earlier set is removed, and nothing else', async () => {
  for (const name of ['part.000', 'part.1234', 'part.001.new', 'partner.txt', 'run.sh'])
    writeFileSync(join(folder, name), '');
  await removeParts(folder);
  expect(readdirSync(folder).sort()).toEqual(['partner.txt', 'run.sh']);
});
