import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { FaceError } from '../../../../../src/core/errors';
import { FORM, readWork, WorkFile, type WorkHeader, type WorkRow } from '../../../../../src/harness/cli/lfw/workFile';
import { writeUnread } from '../../../../../src/harness/cli/lfw/unread';
import { CENTRE, FACE } from '../../../../../src/evaluate/lfwReport';
import { rejectionCode } from '../../../weights/errorCode';

const folder = mkdtempSync(join(tmpdir(), 'facenet-work-'));
const path = join(folder, 'embeddings-1-of-1.part');
beforeEach(() => rmSync(path, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

const header: WorkHeader = {
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
const row = (n: number): WorkRow => ({
  index: n,
  outcome: n === 2 ? CENTRE : FACE,
  microseconds: 100 + n,
  at: 1_800_000_000 + n,
  vector: Float32Array.of(n, n / 3, -n),
});

async function written(...batches: number[][]): Promise<void> {
  const work = await WorkFile.create(path, header);
  for (const batch of batches) await work.append(batch.map(row));
  await work.close();
}

test('rows come back as they were appended', async () => {
  await written([0, 1], [2]);
  expect(await readWork(path)).toEqual({
    ...{ header, rows: [0, 1, 2].map(row), unread: [], bytes: readFileSync(path).length },
  });
});

test('what could not be read lies beside the work, which has no row for it, so that it is tried again', async () => {
  await written([0, 2]);
  const unread = [{ index: 1, code: 'image/empty', details: { name: 'a' } }] as const;
  await writeUnread(path, unread);
  expect((await readWork(path)).unread).toEqual(unread);
  const { work, done } = await WorkFile.resume(path, header);
  await work.close();
  expect([...done]).toEqual([0, 2].map((n) => [n, row(n).at]));
  await writeUnread(path, null);
  expect((await readWork(path)).unread).toEqual([]);
  writeFileSync(path.replace('.part', '.unread.json'), '{');
  expect(await rejectionCode(readWork(path))).toBe('harness/other-run');
  await writeUnread(path, []);
  expect((await readWork(path)).unread).toEqual([]);
});

test('a row that was being written when the program was killed is cut off, and the work goes on after the last whole one', async () => {
  await written([0, 1], [2]);
  truncateSync(path, readFileSync(path).length - 5);
  const { work, done } = await WorkFile.resume(path, header);
  expect([...done]).toEqual([0, 1].map((n) => [n, row(n).at]));
  await work.append([row(2), row(3)]);
  await work.close();
  expect((await readWork(path)).rows).toEqual([0, 1, 2, 3].map(row));
});

test('a run that was killed while it wrote the first line goes on too', async () => {
  for (const left of ['', JSON.stringify(header).slice(0, 40), JSON.stringify(header)]) {
    writeFileSync(path, left);
    const { work, done } = await WorkFile.resume(path, header);
    expect(done.size).toBe(0);
    await work.append([row(0)]);
    await work.close();
    expect(await readWork(path)).toMatchObject({ header, rows: [row(0)] });
  }
});

test('of two rows of one picture the later one counts', async () => {
  await written([0, 1, 2]);
  const { work } = await WorkFile.resume(path, header);
  const again = { ...row(1), at: 1_900_000_000, vector: Float32Array.of(7, 8, 9) };
  await work.append([again]);
  await work.close();
  expect((await readWork(path)).rows).toEqual([row(0), again, row(2)]);
});

test('batches that end out of turn come back in their order, and the work goes on with what is missing', async () => {
  await written([4, 5], [0, 1]);
  expect((await readWork(path)).rows).toEqual([0, 1, 4, 5].map(row));
  const { work, done } = await WorkFile.resume(path, header);
  expect([...done]).toEqual([0, 1, 4, 5].map((n) => [n, row(n).at]));
  await work.append([2, 3].map(row));
  await work.close();
  expect((await readWork(path)).rows).toEqual([0, 1, 2, 3, 4, 5].map(row));
});

test('work is neither overwritten nor mixed with that of other settings', async () => {
  await written([0]);
  expect(await rejectionCode(WorkFile.create(path, header))).toBe('harness/unfinished');
  const other = { ...header, settings: { ...header.settings, flip: true } };
  const error = await WorkFile.resume(path, other).catch((thrown: unknown) => thrown);
  expect((error as FaceError).code).toBe('harness/other-run');
  expect((error as FaceError).message).toContain('another --flip');
});

test('the same run may go on with another backend', async () => {
  await written([0]);
  const { work, done } = await WorkFile.resume(path, { ...header, backend: 'webgpu', adapter: 'a card' });
  await work.close();
  expect([...done]).toEqual([0].map((n) => [n, row(n).at]));
});

test('a file of something else is not taken for work', async () => {
  // The second: of a program whose rows were others.
  const { form, ...older } = header;
  for (const line of ['hello', JSON.stringify(older), JSON.stringify({ ...older, form: form + 1 })]) {
    writeFileSync(path, `${line}\n`);
    expect(await rejectionCode(readWork(path))).toBe('harness/other-run');
  }
});
