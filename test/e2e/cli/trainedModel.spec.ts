import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runnerImport } from 'vite';
import type { CompareOutput, ModelsOutput } from '../../../src/harness/cli/output';
import { expect, needsModel, run, runJson, SAMPLES, test } from './command';

const PORTRAITS = ['edward-lu', 'susan-helms'].map((name) => join(SAMPLES, 'portraits', `${name}.jpg`));

test('a model’s file runs with --model, joins the models, and is exported again; a damaged one is refused', async ({
  folder,
}) => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'mine.safetensors');
  // Node itself would not read the JSON that the registry's rows import.
  const { module } = await runnerImport<typeof import('../../fixtures/trainedModel')>(
    './test/fixtures/trainedModel.ts',
  );
  writeFileSync(file, await module.smallFile());

  const { output, stderr } = await runJson<CompareOutput>('compare', ...PORTRAITS, '--model', file);
  const id = /trained-[0-9a-f]{16}/.exec(stderr)![0];
  expect(stderr).toContain(`${id}, float32`);
  expect(output.threshold).toBeCloseTo(0.4746, 3);

  const added = join('public/models', `${id}.float32.safetensors`);
  try {
    const models = await runJson<ModelsOutput>('models', '--add', file);
    expect(models.output.models.find((model) => model.id === id)).toMatchObject({
      title: 'My family',
      embeddingSize: 16,
    });
    const byId = await runJson<CompareOutput>('compare', ...PORTRAITS, '--model', id);
    expect(byId.output.distances).toEqual(output.distances);
  } finally {
    rmSync(added, { force: true });
  }

  const coarse = join(folder, 'coarse.safetensors');
  expect((await run('export', '--model', file, '--form', 'int8', '--out', coarse)).code).toBe(0);
  expect((await runJson<CompareOutput>('compare', ...PORTRAITS, '--model', coarse)).stderr).toContain(`${id}, int8`);

  const bytes = readFileSync(file);
  bytes[bytes.length - 9]! ^= 1;
  writeFileSync(file, bytes);
  const damaged = await run('compare', ...PORTRAITS, '--model', file);
  expect(damaged.code).toBe(1);
  expect(damaged.stderr).toContain('is damaged or not the one expected');
  const absent = await run('compare', ...PORTRAITS, '--model', join(folder, 'nowhere.safetensors'));
  expect(absent.stderr).toContain('does not exist');
});

test('FaceNet is exported as facenet-pytorch’s state dict', async ({ folder }) => {
  needsModel('facenet-20180402-114759', 'float32');
  const out = join(folder, 'state-dict.safetensors');
  const ended = await run('export', '--model', 'facenet-20180402-114759', '--out', out);
  expect(ended.code, ended.stderr).toBe(0);
  expect(existsSync(out)).toBe(true);
  const bytes = readFileSync(out);
  const header = JSON.parse(bytes.subarray(8, 8 + bytes.readUInt32LE(0)).toString()) as Record<
    string,
    { shape: number[] }
  >;
  expect(header['last_linear.weight']!.shape).toEqual([512, 1792]);
  expect(Object.keys(header)).toHaveLength(715);
});
