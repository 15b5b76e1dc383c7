import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { picturesOf } from '../../../../../src/harness/cli/pictures';
import { keepRunData, type RunData } from '../../../../../src/harness/cli/train/runData';

let root = '';
const data = () => join(root, 'people');
const kept = () => join(root, 'data.json');
const picture = (name: string) => join(data(), name);
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'run-data-'));
  for (const person of ['ada', 'bo', 'cy'])
    for (const name of ['1.png', '2.png']) {
      mkdirSync(picture(person), { recursive: true });
      writeFileSync(picture(`${person}/${name}`), `${person} ${name}`);
    }
  writeFileSync(picture('loose.png'), 'of nobody');
  await keep(false);
});
afterEach(() => rmSync(root, { recursive: true }));

async function keep(resumes: boolean): Promise<void> {
  await keepRunData(kept(), await picturesOf(data()), { folder: 'people', resumes });
}
const refused = (difference: string) =>
  expect.objectContaining({ code: 'train/other-data', details: { folder: 'people', difference } });

test('people in the order of their numbers and the pictures below their folders are kept', () => {
  const { people, pictures } = JSON.parse(readFileSync(kept(), 'utf8')) as RunData;
  expect(people).toEqual(['ada', 'bo', 'cy']);
  expect(pictures.map(({ picture, size }) => [picture, size])).toEqual([
    ...[
      ['ada/1.png', 9],
      ['ada/2.png', 9],
      ['bo/1.png', 8],
    ],
    ...[
      ['bo/2.png', 8],
      ['cy/1.png', 8],
      ['cy/2.png', 8],
    ],
  ]);
  // sha256sum of “bo 2.png”.
  expect(pictures[3]!.sha256).toBe('b1ee77a6416786933b901faf49e6ec8fd344170a614252f652405f26ecba6d7e');
});

test('the same pictures resume, also when they were only touched', async () => {
  await keep(true);
  utimesSync(picture('bo/1.png'), 1e9, 1e9);
  await keep(true);
  rmSync(picture('loose.png')); // nobody's: it is not trained on
  await keep(true);
  expect((JSON.parse(readFileSync(kept(), 'utf8')) as RunData).pictures[2]!.modified, 'what was seen last').toBe(1e12);
});

test('a person renamed, gone or new is named', async () => {
  renameSync(picture('bo'), picture('zed'));
  await expect(keep(true)).rejects.toThrow(refused('bo is now called zed'));
  await expect(keep(true)).rejects.toThrow(
    'The pictures in people are not those that this run started with: bo is now called zed.',
  );
  renameSync(picture('cy'), picture('yes'));
  await expect(keep(true)).rejects.toThrow(refused('bo, cy are gone, and yes, zed are new'));
  renameSync(picture('zed'), picture('bo'));
  renameSync(picture('yes'), picture('cy'));
  writeFileSync(picture('ada/1.png'), 'changed, too');
  renameSync(picture('bo'), picture('zed'));
  await expect(keep(true), 'not only renamed').rejects.toThrow(refused('bo is gone, and zed is new'));
  rmSync(picture('zed'), { recursive: true });
  await expect(keep(true)).rejects.toThrow(refused('bo is gone'));
});

test('pictures replaced, added or removed are counted and named', async () => {
  // Of the same length and with the old time, as a copy that keeps times has it.
  const before = JSON.parse(readFileSync(kept(), 'utf8')) as RunData;
  writeFileSync(join(root, 'new'), 'bo 9.png');
  utimesSync(join(root, 'new'), 1, before.pictures[2]!.modified / 1000);
  renameSync(join(root, 'new'), picture('bo/1.png'));
  await expect(keep(true)).rejects.toThrow(refused('1 picture is replaced by another: bo/1.png'));
  writeFileSync(picture('cy/3.png'), 'new');
  writeFileSync(picture('cy/4.png'), 'new');
  rmSync(picture('ada/1.png'));
  await expect(keep(true)).rejects.toThrow(
    refused(
      '1 picture is gone: ada/1.png; 2 pictures are new: cy/3.png, cy/4.png; 1 picture is replaced by another: bo/1.png',
    ),
  );
  await keep(false); // a new run takes them
  await keep(true);
});

test('a run of an older version, or whose list is damaged, is not refused for that', async () => {
  for (const text of ['{"people":["x"]}', '{"people":[], "pictures":[{"picture":1}]}', '{']) {
    writeFileSync(kept(), text);
    await keep(true);
    expect((JSON.parse(readFileSync(kept(), 'utf8')) as RunData).people).toEqual(['ada', 'bo', 'cy']);
  }
});
