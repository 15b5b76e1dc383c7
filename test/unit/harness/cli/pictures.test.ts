import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PersonNames } from '../../../../src/core/classFolders';
import { FaceError } from '../../../../src/core/errors';
import { folderPerson, picturesOf, picturesOfAll, sourceOf, stem } from '../../../../src/harness/cli/pictures';

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

test('a picture belongs to the person whose folder is the first below the root', async () => {
  const names = new PersonNames();
  expect((await picturesOf(folder)).map((file) => folderPerson(file, names))).toEqual(['a', 'b', 'b', null]);
  expect(stem('a/james.voss.jpg')).toBe('james.voss');
});

test('names in Latin-1, and folders of them, are read and shown as text', async () => {
  const root = await mkdtemp(join(tmpdir(), 'facenet-latin1-'));
  const latin1 = (...parts: string[]) =>
    Buffer.concat([Buffer.from(root), Buffer.from(`/${parts.join('/')}`, 'latin1')]);
  await mkdir(latin1('été'));
  await writeFile(latin1('été', 'a.jpg'), 'in the folder');
  await writeFile(latin1('Noël.jpg'), 'latin');
  await writeFile(join(root, 'Zoë.jpg'), 'utf');
  const found = await picturesOf(root);
  expect(found.map(({ inside }) => inside)).toEqual(['Noël.jpg', 'Zoë.jpg', 'été/a.jpg']);
  expect(found.map(({ path }) => path)).toEqual(found.map(({ inside }) => join(root, inside)));
  const [noel, zoe, inFolder] = await Promise.all(found.map(sourceOf));
  expect([String(noel), zoe, String(inFolder)]).toEqual(['latin', join(root, 'Zoë.jpg'), 'in the folder']);
  await rm(root, { recursive: true });
});

test('thumbnails and waste baskets are passed over; HEIC and links in a circle are listed with what is wrong', async () => {
  const root = await mkdtemp(join(tmpdir(), 'facenet-kinds-'));
  for (const path of [
    'Ada/1.jpg',
    'Ada/@eaDir/1.jpg/THUMB_M.jpg',
    '#recycle/Ada/1.jpg',
    'Ada/._1.jpg',
    'Ada/2.heic',
    'z.jfif',
  ]) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), '');
  }
  await symlink(join(root, 'circle.jpg'), join(root, 'circle.jpg'));
  const found = await picturesOf(root);
  expect(found.map(({ inside, problem }) => [inside, problem?.message])).toEqual([
    ['Ada/1.jpg', undefined],
    [
      'Ada/2.heic',
      expect.stringContaining('2.heic is a HEIC picture, which this browser cannot read. Export it as JPEG'),
    ],
    ['circle.jpg', `${join(root, 'circle.jpg')} could not be read: its links lead in a circle.`],
    ['z.jfif', undefined],
  ]);
  await expect(sourceOf(found[1]!)).rejects.toBe(found[1]!.problem);
  await rm(root, { recursive: true });
});

// Root may read everything: there a child process gives its rights up first.
test.skipIf(process.platform === 'win32')(
  'a folder and a picture that may not be read are listed, and the others too',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'facenet-denied-'));
    await mkdir(join(root, 'lost+found'));
    for (const name of ['a.jpg', 'b.jpg']) await writeFile(join(root, name), '');
    await chmod(root, 0o755);
    await chmod(join(root, 'lost+found'), 0);
    await chmod(join(root, 'b.jpg'), 0);
    const isRoot = process.getuid!() === 0;
    if (isRoot) process.seteuid!(65534);
    try {
      const found = await picturesOf(root);
      expect(found.map(({ inside, problem }) => [inside, problem?.message])).toEqual([
        ['a.jpg', undefined],
        ['b.jpg', undefined],
        ['lost+found', `${join(root, 'lost+found')} may not be read.`],
      ]);
      await expect(sourceOf(found[0]!)).resolves.toBe(join(root, 'a.jpg'));
      await expect(sourceOf(found[1]!)).rejects.toEqual(new FaceError('harness/denied', { path: join(root, 'b.jpg') }));
      await expect(picturesOf(join(root, 'lost+found'))).rejects.toThrow('lost+found may not be read.');
    } finally {
      if (isRoot) process.seteuid!(0);
    }
    await chmod(join(root, 'lost+found'), 0o755);
    await rm(root, { recursive: true });
  },
);

test('a path that is not there or holds no picture is reported, and the others are found', async () => {
  const failures: unknown[] = [];
  const found = await picturesOfAll([join(folder, 'none'), join(folder, 'b'), join(folder, 'a', 'empty')], (error) =>
    failures.push(error),
  );
  expect(found).toHaveLength(2);
  expect(failures).toMatchObject([{ code: 'harness/no-such-file' }, { code: 'harness/no-files' }]);
});

test.skipIf(process.platform === 'win32')(
  'a pipe or a device is no picture, in a folder or by its own name',
  async () => {
    const inner = join(folder, 'pipes');
    await mkdir(inner);
    await writeFile(join(inner, 'real.jpg'), '');
    const pipe = join(inner, 'pipe.jpg');
    execFileSync('mkfifo', [pipe]);
    await symlink('/dev/zero', join(inner, 'device.jpg'));
    expect((await picturesOf(inner)).map(({ inside }) => inside)).toEqual(['real.jpg']);
    for (const path of [pipe, '/dev/zero'])
      await expect(picturesOf(path)).rejects.toMatchObject({ code: 'harness/not-a-file' });
    await rm(inner, { recursive: true });
  },
);
