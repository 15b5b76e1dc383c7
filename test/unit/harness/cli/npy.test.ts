import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { NpyRows } from '../../../../src/harness/cli/npy';
import { readNpy, writeNpy } from '../../../../src/weights/formats/npy';

test('writes rows that come one by one as a matrix', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'facenet-npy-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'rows.npy');
  const writer = await NpyRows.create(path);
  await writer.append(Float32Array.of(1, 2, 3));
  await writer.append(Float32Array.of(4, 5, 6.5));
  await writer.end(3);
  const array = readNpy(new Uint8Array(await readFile(path)), path);
  expect(array.shape).toEqual([2, 3]);
  expect([...array.data]).toEqual([1, 2, 3, 4, 5, 6.5]);
});

test('the header that is written first has the length of the one written last', () => {
  const length = (rows: number, columns: number) =>
    writeNpy({ shape: [rows, columns], data: new Float32Array(0) }).length;
  expect(length(123_456_789, 512)).toBe(length(0, 0));
});
