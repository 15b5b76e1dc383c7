import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { FaceError } from '../../../../../src/core/errors';
import {
  FORM,
  readEmbeddings,
  EmbeddingsFile,
  type EmbeddingsHeader,
  type EmbeddingRow,
} from '../../../../../src/harness/cli/lfw/embeddingsFile';
import { writeUnread } from '../../../../../src/harness/cli/lfw/unread';
import { CENTRE, FACE } from '../../../../../src/evaluate/lfwReport';
import { rejectionCode } from '../../../weights/errorCode';

const folder = mkdtempSync(join(tmpdir(), 'facenet-embeddings-'));
const path = join(folder, 'embeddings-1-of-1.part');
beforeEach(() => rmSync(path, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

const header: EmbeddingsHeader = {
  settings: {
    model: 'm',
    engine: 'litert',
    precision: 'int8',
    crops: ['facenet'],
    margins: null,
    flip: false,
    noFace: 'centre-crop',
    minSize: null,
    thresholds: null,
    pictures: 'abc',
  },
  backend: 'wasm',
  adapter: null,
  columns: 3,
  form: FORM,
};
const row = (n: number): EmbeddingRow => ({
  index: n,
  outcome: n === 2 ? CENTRE : FACE,
  microseconds: 100 + n,
  at: 1_800_000_000 + n,
  vector: Float32Array.of(n, n / 3, -n),
});

async function written(...batches: number[][]): Promise<void> {
  const file = await EmbeddingsFile.create(path, header);
  for (const batch of batches) await file.append(batch.map(row));
  await file.close();
}

test('rows come back as they were appended', async () => {
  await written([0, 1], [2]);
  expect(await readEmbeddings(path)).toEqual({
    ...{ header, rows: [0, 1, 2].map(row), unread: [], bytes: readFileSync(path).length },
  });
});

test('what could not be read lies beside the work, which has no row for it, so that it is tried again', async () => {
  await written([0, 2]);
  const unread = [{ index: 1, code: 'image/empty', details: { name: 'a' } }] as const;
  await writeUnread(path, unread);
  expect((await readEmbeddings(path)).unread).toEqual(unread);
  const { file, done } = await EmbeddingsFile.resume(path, header);
  await file.close();
  expect([...done]).toEqual([0, 2].map((n) => [n, row(n).at]));
  await writeUnread(path, null);
  expect((await readEmbeddings(path)).unread).toEqual([]);
  writeFileSync(path.replace('.part', '.unread.json'), '{');
  expect(await rejectionCode(readEmbeddings(path))).toBe('harness/other-run');
  await writeUnread(path, []);
  expect((await readEmbeddings(path)).unread).toEqual([]);
});

test('a row that was being written when the program was killed is cut off, and the work continues after the last whole one', async () => {
  await written([0, 1], [2]);
  truncateSync(path, readFileSync(path).length - 5);
  const { file, done } = await EmbeddingsFile.resume(path, header);
  expect([...done]).toEqual([0, 1].map((n) => [n, row(n).at]));
  await file.append([row(2), row(3)]);
  await file.close();
  expect((await readEmbeddings(path)).rows).toEqual([0, 1, 2, 3].map(row));
});

test('a run that was killed while it wrote the first line continues too', async () => {
  for (const left of ['', JSON.stringify(header).slice(0, 40), JSON.stringify(header)]) {
    writeFileSync(path, left);
    const { file, done } = await EmbeddingsFile.resume(path, header);
    expect(done.size).toBe(0);
    await file.append([row(0)]);
    await file.close();
    expect(await readEmbeddings(path)).toMatchObject({ header, rows: [row(0)] });
  }
});

test('of two rows of one picture the later one counts', async () => {
  await written([0, 1, 2]);
  const { file } = await EmbeddingsFile.resume(path, header);
  const again = { ...row(1), at: 1_900_000_000, vector: Float32Array.of(7, 8, 9) };
  await file.append([again]);
  await file.close();
  expect((await readEmbeddings(path)).rows).toEqual([row(0), again, row(2)]);
});

test('batches that end out of turn come back in their order, and the work continues with what is missing', async () => {
  await written([4, 5], [0, 1]);
  expect((await readEmbeddings(path)).rows).toEqual([0, 1, 4, 5].map(row));
  const { file, done } = await EmbeddingsFile.resume(path, header);
  expect([...done]).toEqual([0, 1, 4, 5].map((n) => [n, row(n).at]));
  await file.append([2, 3].map(row));
  await file.close();
  expect((await readEmbeddings(path)).rows).toEqual([0, 1, 2, 3, 4, 5].map(row));
});

test('work is neither overwritten nor mixed with that of other settings', async () => {
  await written([0]);
  expect(await rejectionCode(EmbeddingsFile.create(path, header))).toBe('harness/unfinished');
  const other = { ...header, settings: { ...header.settings, flip: true } };
  const error = await EmbeddingsFile.resume(path, other).catch((thrown: unknown) => thrown);
  expect((error as FaceError).code).toBe('harness/other-run');
  expect((error as FaceError).message).toContain('another --flip');
});

test('the same run may continue with another backend', async () => {
  await written([0]);
  const { file, done } = await EmbeddingsFile.resume(path, { ...header, backend: 'webgpu', adapter: 'a card' });
  await file.close();
  expect([...done]).toEqual([0].map((n) => [n, row(n).at]));
});

test('a file of something else is not taken for work', async () => {
  // The second: of a program whose rows were others.
  const { form, ...older } = header;
  for (const line of ['hello', JSON.stringify(older), JSON.stringify({ ...older, form: form + 1 })]) {
    writeFileSync(path, `${line}\n`);
    expect(await rejectionCode(readEmbeddings(path))).toBe('harness/other-run');
  }
});
