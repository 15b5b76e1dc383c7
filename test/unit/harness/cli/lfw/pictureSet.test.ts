import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, expect, test } from 'vitest';
import { FaceError } from '../../../../../src/core/errors';
import { parsePairs } from '../../../../../src/evaluate/pairs';
import { namesOf } from '../../../../../src/evaluate/pictureNames';
import { changedSince, findPictureSet } from '../../../../../src/harness/cli/lfw/pictureSet';
import { makeZip } from '../../../../fixtures/zip';
import { rejectionCode } from '../../../weights/errorCode';

const folder = mkdtempSync(join(tmpdir(), 'facenet-pictures-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const name of ['Ann/Ann_0001.jpg', 'Ann/Ann_0002.png', 'Bo/Bo_0001.jpg']) {
  mkdirSync(join(folder, 'pictures', name, '..'), { recursive: true });
  writeFileSync(join(folder, 'pictures', name), name);
}
const zip = join(folder, 'lfw.zip');
writeFileSync(zip, zipSync({ 'lfw/Ann/Ann_0001.jpg': Uint8Array.of(1), 'lfw/Bo/Bo_0001.jpg': Uint8Array.of(2) }));

test('a list’s pictures come once each, in the order in which it names them', () => {
  expect(namesOf(parsePairs('b,a,1\na,c,0\nb,c,0\n', 'x'))).toEqual(['b', 'a', 'c']);
});

test('pictures are found by their paths, with and without ending, in a folder', async () => {
  const names = ['Ann/Ann_0002', 'Bo/Bo_0001.jpg'];
  const { files } = await findPictureSet(join(folder, 'pictures'), names, 'pairs');
  expect(files).toMatchObject([
    { path: join(folder, 'pictures/Ann/Ann_0002.png') },
    { path: join(folder, 'pictures/Bo/Bo_0001.jpg') },
  ]);
});

test('and below the one folder of an archive', async () => {
  const { files } = await findPictureSet(zip, ['Bo/Bo_0001', 'lfw/Ann/Ann_0001.jpg'], 'pairs');
  expect(files.map((file) => Array.from(file as Uint8Array))).toEqual([[2], [1]]);
});

test('what is there but cannot be read has its problem, and a kind that can be read comes before one that cannot', async () => {
  const root = join(folder, 'odd');
  const latin = Buffer.concat([Buffer.from(`${root}/Zo`), Buffer.of(0xeb), Buffer.from('.jpg')]);
  mkdirSync(join(root, 'Loop'), { recursive: true });
  symlinkSync('b', join(root, 'Loop', 'a')); // two links to each other, which nobody can open
  symlinkSync('a', join(root, 'Loop', 'b'));
  for (const name of ['Ann.heic', 'Bo.heic', 'Bo.jpg']) writeFileSync(join(root, name), name);
  writeFileSync(latin, 'Zoë');
  const { files } = await findPictureSet(root, ['Ann', 'Bo', 'Zoë', 'Loop/a/1'], 'pairs');
  expect(files).toMatchObject([
    { inside: 'Ann.heic', problem: { code: 'image/unsupported', details: { kind: 'HEIC' } } },
    { inside: 'Bo.jpg' },
    { inside: 'Zoë.jpg', raw: latin },
    { problem: { code: 'harness/not-read', details: { path: join(root, 'Loop/a/1') } } },
  ]);
  expect(files[1]).not.toHaveProperty('problem');

  const damaged = join(folder, 'damaged.zip');
  const data = Uint8Array.of(1, 2, 3);
  writeFileSync(
    damaged,
    makeZip([
      { name: 'a.jpg', data, crc: 1 },
      { name: 'b.jpg', data },
    ]),
  );
  const packed = await findPictureSet(damaged, ['a', 'b'], 'pairs');
  expect(packed.files).toMatchObject([{ problem: { code: 'archive/damaged' } }, data]);
});

test('pictures that were changed or replaced since they were read are known, also by an old time', async () => {
  const root = join(folder, 'changing');
  mkdirSync(root);
  for (const name of ['a', 'b', 'c']) writeFileSync(join(root, `${name}.jpg`), name);
  const set = await findPictureSet(root, ['a', 'b', 'c'], 'pairs');
  const soon = Math.ceil(Date.now() / 1000) + 1;
  const done = new Map([0, 1, 2].map((place) => [place, soon]));
  expect(await changedSince(set, done)).toEqual(new Set());
  await new Promise((resolve) => setTimeout(resolve, 1000 * soon - Date.now() + 50));
  writeFileSync(join(root, 'new'), 'other');
  utimesSync(join(root, 'new'), 1, 1);
  renameSync(join(root, 'new'), join(root, 'b.jpg'));
  rmSync(join(root, 'c.jpg'));
  expect(await changedSince(set, done)).toEqual(new Set([1, 2]));

  utimesSync(zip, 1, 1);
  const packed = await findPictureSet(zip, ['Ann/Ann_0001'], 'pairs');
  const written = statSync(zip).ctimeMs / 1000;
  expect(await changedSince(packed, new Map([[0, Math.ceil(written) + 1]]))).toEqual(new Set());
  expect(await changedSince(packed, new Map([[0, Math.floor(written)]]))).toEqual(new Set([0]));
});

test('missing ones are counted, the first three named', async () => {
  const names = ['Ann/Ann_0001', 'Cy/Cy_0001', 'Di/Di_0001', 'Ed/Ed_0001', 'Fi/Fi_0001'];
  const error = await findPictureSet(join(folder, 'pictures'), names, 'pairs.txt').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FaceError);
  expect((error as FaceError).message).toMatch(
    /^4 of the 5 pictures that pairs\.txt names are not in .*: Cy\/Cy_0001, Di\/Di_0001, Ed\/Ed_0001, …\.$/,
  );
  expect(await rejectionCode(findPictureSet(zip, ['Cy/Cy_0001'], 'x'))).toBe('evaluate/missing-pictures');
  expect(await rejectionCode(findPictureSet(join(folder, 'nowhere'), ['a'], 'x'))).toBe('harness/no-such-file');
});
