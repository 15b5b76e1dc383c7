import { join } from 'node:path';
import type { CompareOutput } from '../../../src/harness/cli/output';
import { MOBILE_FACE_NET, expect, FACENET, needsFolder, needsModel, run, runJson, SAMPLES, test } from './command';
import { plainPng } from './plainPng';
import { writeFileSync } from 'node:fs';

/** Published in facenet-pytorch's tests, for crops that are aligned already. */
const PUBLISHED = [
  ['angelina_jolie', 'bradley_cooper', 1.48177],
  ['angelina_jolie', 'kate_siegel', 0.866562],
  ['paul_rudd', 'shea_whigham', 1.096777],
] as const;
const NAMES = ['angelina_jolie', 'bradley_cooper', 'kate_siegel', 'paul_rudd', 'shea_whigham'];

// By tfjs, and in float16: test/browser/nn/litertFacenet.test.ts.
for (const [engine, backend, precision, tolerance] of [
  ['litert', 'wasm', 'float32', 1e-4],
  ['litert', 'webgpu', 'float32', 1e-4],
] as const)
  test(`gives the published distances in ${precision} by ${engine} on ${backend}`, async () => {
    needsModel(FACENET, precision);
    const folder = join(needsFolder('FACENET_GOLDEN'), 'aligned');
    const pictures = NAMES.map((name) => join(folder, `${name}.png`));
    const flags = ['--model', FACENET, '--engine', engine, '--backend', backend, '--precision', precision];
    const { code, stderr, output } = await runJson<CompareOutput>('compare', ...pictures, '--aligned', ...flags);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(precision);
    expect(stderr).toContain(backend === 'wasm' ? 'on WASM' : 'on WebGPU');
    expect(output.pictures).toEqual(pictures);
    for (const [a, b, distance] of PUBLISHED) {
      const [i, j] = [NAMES.indexOf(a), NAMES.indexOf(b)];
      expect(Math.abs(output.distances[i]![j]! - distance), `${a} to ${b}`).toBeLessThan(tolerance);
      expect(output.distances[j]![i]).toBe(output.distances[i]![j]);
      expect(output.same[i]![j]).toBe(output.normalised[i]![j]! <= output.threshold);
    }
  });

const portrait = (name: string) => join(SAMPLES, 'portraits', `${name}.jpg`);

test('tells the same person from another in whole pictures, and what shows no face', async ({ folder }) => {
  const empty = join(folder, 'empty.png');
  writeFileSync(empty, plainPng(100, 100));
  const pictures = [portrait('susan-helms'), portrait('edward-lu'), empty];
  const { code, output } = await runJson<CompareOutput>('compare', ...pictures, '--model', MOBILE_FACE_NET);
  expect(code).toBe(1);
  expect(output.pictures).toEqual(pictures.slice(0, 2));
  expect(output.same).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(output.distances[0]![0]).toBe(0);
  expect(output.failed).toMatchObject([{ picture: empty, error: { code: 'harness/no-face' } }]);
});

test('prints a table for people', async () => {
  const { code, stdout } = await run(
    'compare',
    portrait('susan-helms'),
    portrait('edward-lu'),
    '--model',
    MOBILE_FACE_NET,
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ 1 {2}.*susan-helms\.jpg +0\.0000= +\d\.\d{4}/m);
  expect(stdout).toContain('= the same person: distance at most');
});

test('one face is too few', async () => {
  const { code, output } = await runJson<object>('compare', portrait('susan-helms'), '--model', MOBILE_FACE_NET);
  expect(code).toBe(1);
  expect(output).toMatchObject({ error: { code: 'harness/too-few' } });
});
