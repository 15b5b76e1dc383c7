import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClassifyOutput, ClassifyTrainOutput } from '../../../src/harness/cli/output';
import { plainPng } from './plainPng';
import { MOBILE_FACE_NET, expect, run, runJson, SAMPLES, test } from './command';

/** A folder a person, each with the same few portraits, so that nothing depends on a large set. */
function makePeople(folder: string): string {
  const root = join(folder, 'people');
  for (const name of ['edward-lu', 'susan-helms', 'william-mcarthur']) {
    mkdirSync(join(root, name), { recursive: true });
    for (const n of [1, 2, 3]) copyFileSync(join(SAMPLES, 'portraits', `${name}.jpg`), join(root, name, `${n}.jpg`));
  }
  return root;
}

test('learns people, is tested on the rest, names them in other pictures and leaves strangers unknown', async ({
  folder,
}) => {
  const root = makePeople(folder);
  const out = join(folder, 'people.json');
  const split = ['--test', '--min-images', '3', '--train-images', '2'];
  const trained = await runJson<ClassifyTrainOutput>(
    'classify',
    'train',
    root,
    '--out',
    out,
    '--model',
    MOBILE_FACE_NET,
    ...split,
  );
  expect(trained.code, trained.stderr).toBe(0);
  expect(trained.output).toMatchObject({
    model: MOBILE_FACE_NET,
    people: 3,
    trainedOn: 6,
    test: { pictures: 3, right: 3, accuracy: 1 },
  });
  const holiday = join(SAMPLES, 'expedition-12-holiday.jpg');
  const inWords = await run('classify', 'predict', out, holiday);
  expect(inWords.stdout).toMatch(/ probability (> )?\d+(\.\d+)?\s% /);
  expect(inWords.stdout, 'nothing is ever certain').not.toMatch(/probability (1\.00|100)/);
  const named = await runJson<ClassifyOutput>('classify', 'predict', out, holiday);
  expect(named.code, named.stderr).toBe(0);
  const names = named.output.pictures[0]!.faces.map(({ name }) => name);
  expect(names.filter((name) => name !== null)).toEqual(['william-mcarthur']);
  expect(names).toContain(null);

  // Another model's numbers would be nonsense to it.
  const file = JSON.parse(readFileSync(out, 'utf8')) as Record<string, unknown>;
  writeFileSync(out, JSON.stringify({ ...file, model: 'mtcnn' }));
  const other = await run('classify', 'predict', out, holiday, '--model', MOBILE_FACE_NET);
  expect(other.code).toBe(1);
  expect(other.stderr).toContain(
    `is not a classifier that can be used here: it was trained on the 192 numbers a face of mtcnn, and ${MOBILE_FACE_NET} gives 192`,
  );
});

test('where no picture is left to test with, a sentence says so, and no accuracy is given', async ({ folder }) => {
  const root = makePeople(folder);
  for (const name of ['edward-lu', 'susan-helms', 'william-mcarthur'])
    writeFileSync(join(root, name, '3.jpg'), plainPng(64, 64));
  const split = ['--test', '--min-images', '3', '--train-images', '2', '--model', MOBILE_FACE_NET];
  const { stderr, output } = await runJson<ClassifyTrainOutput>(
    'classify',
    'train',
    root,
    '--out',
    join(folder, 'people.json'),
    ...split,
  );
  expect(output).toMatchObject({ people: 3, trainedOn: 6, test: null });
  expect(output.note).toContain('No picture was left to test with');
  expect(stderr).toContain('No picture was left to test with');
  expect(stderr).not.toContain('NaN');
});

test('a folder of too few people and a file that is no classifier are refused in a sentence', async ({ folder }) => {
  const root = makePeople(folder);
  const out = join(folder, 'people.json');
  const few = await run('classify', 'train', root, '--out', out, '--test', '--model', MOBILE_FACE_NET);
  expect(few.code).toBe(1);
  expect(few.stderr).toContain('nobody has a folder of at least 20 pictures');
  writeFileSync(out, '{}');
  const bad = await run('classify', 'predict', out, SAMPLES);
  expect(bad.code).toBe(1);
  expect(bad.stderr).toContain('is not a classifier that can be used here');
});
