import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cropEnding, CropRecords } from '../../../../src/harness/cli/cropRecords';

const record = {
  base: 'ann/1',
  picture: 'ann/1.jpg',
  faces: 1,
  options: { size: 160, margin: 32, all: false, form: 'png' },
  ...{ size: 9, modified: 1.5, changed: 2.5, sha256: 'ab' },
} as const;

test('the latest record of a crop counts, whichever list has it, and a line that is cut off or no record is none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'crops-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await (await CropRecords.open(folder)).add(record);
  const second = await CropRecords.open(folder);
  expect(second.of('ann/1')).toMatchObject(record);
  await second.add({ ...record, faces: 0 });
  expect(second.of('ann/1')?.faces, 'at once').toBe(0);
  const lists = readdirSync(folder);
  expect(lists).toHaveLength(2);
  for (const bad of ['{"base":"ann/1"', 'null', '7', '{"base":"ann/1","at":9e99}'])
    appendFileSync(join(folder, lists[0]!), `${bad}\n`);
  appendFileSync(join(folder, lists[1]!), JSON.stringify({ ...record, faces: 1e9, at: 9e99 }) + '\n');
  writeFileSync(join(folder, '.crops_1.txt'), JSON.stringify({ ...record, at: 9e99 }));
  const third = await CropRecords.open(folder);
  expect(third.of('ann/1')).toMatchObject({ ...record, faces: 0 });
  expect(third.of('bo/1')).toBeUndefined();
});

test('a crop is called after its picture, with a number where all faces are cut', () => {
  expect(cropEnding(0, { all: false, form: 'jpg' })).toBe('.jpg');
  expect(cropEnding(2, { all: true, form: 'png' })).toBe('_2.png');
});
