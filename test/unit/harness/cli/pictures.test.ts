import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { personOf } from '../../../../src/harness/cli/commands/recognise';
import { classOf, picturesOf, picturesOfAll, stem } from '../../../../src/harness/cli/pictures';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facenet-pictures-'));
  for (const path of ['b/2.JPG', 'b/1.png', 'a/deep/x.webp', 'top.jpeg', 'notes.txt', '.hidden/y.jpg']) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), '');
  }
  await mkdir(join(folder, 'a', 'empty'));
  await symlink(folder, join(folder, 'a', 'loop'));
  await symlink(join(folder, 'gone.jpg'), join(folder, 'broken.jpg'));
});
afterAll(() => rm(folder, { recursive: true }));

test('finds all pictures below a folder, by name, without hidden files, others and endless links', async () => {
  const found = await picturesOf(folder);
  expect(found.map(({ inside }) => inside)).toEqual(['a/deep/x.webp', 'b/1.png', 'b/2.JPG', 'top.jpeg']);
  expect(found[1]!.path).toBe(join(folder, 'b', '1.png'));
});

test('takes a file that is named by itself, whatever its ending', async () => {
  const path = join(folder, 'notes.txt');
  expect(await picturesOf(path)).toEqual([{ path, inside: 'notes.txt' }]);
});

test('the class is the folder below the root', async () => {
  expect((await picturesOf(folder)).map(classOf)).toEqual(['a/deep', 'b', 'b', '']);
});

test('a gallery’s person is the name of the folder or of the file', async () => {
  expect((await picturesOf(folder)).map(personOf)).toEqual(['a', 'b', 'b', 'top']);
  expect(stem('a/james.voss.jpg')).toBe('james.voss');
});

test('a path that is not there or holds no picture is told, and the others are found', async () => {
  const told: unknown[] = [];
  const found = await picturesOfAll([join(folder, 'none'), join(folder, 'b'), join(folder, 'a', 'empty')], (error) =>
    told.push(error),
  );
  expect(found).toHaveLength(2);
  expect(told).toMatchObject([{ code: 'harness/no-such-file' }, { code: 'harness/no-files' }]);
});
