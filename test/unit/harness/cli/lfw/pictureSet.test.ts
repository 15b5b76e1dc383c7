import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, expect, test } from 'vitest';
import { FaceError } from '../../../../../src/core/errors';
import { parsePairs } from '../../../../../src/evaluate/pairs';
import { namesOf } from '../../../../../src/evaluate/pictureNames';
import { findPictureSet } from '../../../../../src/harness/cli/lfw/pictureSet';
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
  expect(files).toEqual([join(folder, 'pictures/Ann/Ann_0002.png'), join(folder, 'pictures/Bo/Bo_0001.jpg')]);
});

test('and below the one folder of an archive', async () => {
  const { files } = await findPictureSet(zip, ['Bo/Bo_0001', 'lfw/Ann/Ann_0001.jpg'], 'pairs');
  expect(files.map((file) => Array.from(file as Uint8Array))).toEqual([[2], [1]]);
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
