import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { addTrained, chooseModel, isModelId } from '../../../../src/harness/cli/trainedFiles';
import { fileOf } from '../../../../src/train/trainedFiles';
import { readSafetensors } from '../../../../src/weights/formats/safetensors';
import { MODELS } from '../../../../src/weights/registry';
import { describeTrained, readInfo } from '../../../../src/weights/trained';
import { smallFile, smallWeights } from '../../../fixtures/trainedModel';

const ID = 'trained-0123456789abcdef';

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'facenet-models-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('a file from elsewhere can name a published or a trained model, and no path', () => {
  for (const id of [...MODELS.map((model) => model.id), ID]) expect(isModelId(id), id).toBe(true);
  for (const path of [
    '/etc/passwd',
    'package.json',
    './weights',
    `${ID}/x`,
    `../${ID}`,
    '\\\\host\\share',
    '',
    `${ID}\n`,
  ])
    expect(isModelId(path), path).toBe(false);
});

test('a trained model’s id is looked for in the models folder alone', async () => {
  const folder = await temporary();
  expect(await chooseModel(ID, undefined, folder)).toEqual({ model: ID });
  const path = join(folder, `${ID}.float32.safetensors`);
  await writeFile(path, '');
  expect(await chooseModel(ID, undefined, folder)).toEqual({ path });
});

test.skipIf(process.platform === 'win32')('a pipe or a folder is no model file', async () => {
  const folder = await temporary();
  const pipe = join(folder, 'pipe.safetensors');
  execFileSync('mkfifo', [pipe]);
  for (const path of [pipe, folder]) {
    await expect(chooseModel(path, undefined, folder)).rejects.toMatchObject({ code: 'harness/not-a-file' });
    await expect(addTrained(path, folder)).rejects.toMatchObject({ code: 'harness/not-a-file' });
  }
});

test('a file with the id of a model that is here is that model, or is refused and changes nothing', async () => {
  const folder = await temporary();
  const from = await temporary();
  const give = async (name: string, bytes: Uint8Array): Promise<string> => {
    await writeFile(join(from, name), bytes);
    return join(from, name);
  };
  const mine = await smallFile({}, true);
  const info = readInfo(mine, 'mine');
  await addTrained(await give('mine', mine), folder);
  const here = join(folder, `${info.id}.float32.safetensors`);

  const weights = readSafetensors(smallWeights(true, 2), 'other');
  for (const [name, bytes] of [
    ['other weights', await describeTrained(smallWeights(true, 2), info)],
    [
      'other weights, another precision, another threshold',
      await describeTrained(fileOf(weights, 'float16'), { ...info, threshold: 1.99 }),
    ],
    ['another threshold', await describeTrained(mine, { ...info, threshold: 1.99 })],
  ] as const) {
    await expect(addTrained(await give('other', bytes), folder), name).rejects.toMatchObject({
      code: 'weights/id-taken',
    });
    expect((await readFile(here)).equals(mine), name).toBe(true);
  }

  const renamed = await describeTrained(mine, { ...info, title: 'Renamed' });
  await addTrained(await give('renamed', renamed), folder);
  const half = await describeTrained(fileOf(readSafetensors(mine, 'mine'), 'float16'), { ...info, title: 'Half' });
  expect((await addTrained(await give('half', half), folder)).title).toBe('Half');
  expect((await readFile(join(folder, `${info.id}.float16.safetensors`))).equals(half)).toBe(true);
});
