import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BoxList, cutBox } from '../../../../src/harness/cli/boxList';
import { cropBases } from '../../../../src/harness/cli/commands/align';

test('the box of the list has half the margin on each side, inside the picture, in whole pixels', () => {
  expect(cutBox({ x0: 10.7, y0: 100.2, x1: 60.9, y1: 190.5 }, 32, 100, 200)).toEqual([0, 84, 76, 200]);
});

test('a crop is a line, with its box where there is one, also when its name has line breaks', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'facenet boxes-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const boxes = new BoxList(folder);
  await boxes.add(join(folder, 'ann/a b.png'), [1, 2, 30, 40]);
  await boxes.add(join(folder, 'ann/empty 1.png'));
  await boxes.add(join(folder, 'ann/two\nlines\t.png'), [1, 2, 3, 4]);
  expect(boxes.path).toMatch(/bounding_boxes_\d{5}\.txt$/);
  expect((await readFile(boxes.path, 'utf8')).split('\n')).toEqual([
    `${folder}/ann/a b.png 1 2 30 40`,
    `${folder}/ann/empty 1.png`,
    `${folder}/ann/two lines .png 1 2 3 4`,
    '',
  ]);
});

test('two pictures of one name in a class get crops of their own', () => {
  const files = ['ann/1.jpg', 'ann/1.png', 'bob/1.jpg'].map((inside) => ({ path: `in/${inside}`, inside }));
  expect([...cropBases(files, 'out').values()]).toEqual(['out/ann/1', 'out/ann/1-2', 'out/bob/1']);
});
