import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeNpy } from '../../../src/weights/formats/npy';
import { drawnGroups } from '../../fixtures/drawnGroups';
import { expect, FACENET, MOBILE_FACE_NET, run, runJson, test } from './command';

const GROUPS = resolve(process.env['FACENET_DATA'] ?? '../shared/data', 'groups');

interface Calibrated {
  readonly bytes: number;
  readonly sha256: string;
  readonly calibration: readonly { readonly far: number; readonly distance: number }[];
}

for (const [model, name] of [
  [FACENET, 'facenet'],
  [MOBILE_FACE_NET, 'mobilefacenet'],
] as const) {
  test(`the cohort of ${model} is made again from its embeddings, byte for byte`, async ({ folder }) => {
    test.slow();
    if (process.env['EXPECT_SHARED'] !== '1') test.skip(!existsSync(GROUPS), 'the embeddings are not here');
    const { code, stderr } = await run(
      ...['calibrate', '--model', model, '--out', folder, '--groups', join(GROUPS, 'faces.csv')],
      ...['--cohort', join(GROUPS, `${name}-int8.npy`), '--twice-by', join(GROUPS, 'facenet-int8.npy')],
    );
    expect(code, stderr).toBe(0);
    const made = readFileSync(join(folder, `${model}.safetensors`));
    expect(made.equals(readFileSync(`public/cohorts/${model}.safetensors`))).toBe(true);
    expect(made.length).toBeLessThanOrEqual(600_000);
    const row = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
    expect(row(join(folder, `${model}.json`))).toEqual(row(`src/weights/cohorts/${model}.json`));
  });
}

test('a cohort is made of drawn faces; too few of them and a list that does not fit are refused in a sentence', async ({
  folder,
}) => {
  mkdirSync(folder, { recursive: true });
  const kinds = [1, 0.7].map((spread, i) => ({ group: `${i}`, spread, people: 220 }));
  const { table, groups } = drawnGroups(kinds, 64, 3);
  const [cohort, list] = [join(folder, 'faces.npy'), join(folder, 'faces.csv')];
  writeFileSync(cohort, writeNpy({ shape: [table.rows, table.columns], data: table.data }));
  writeFileSync(list, `name,age,sex,ancestry\n${groups.map((group, i) => `${i},30,f,kind${group}`).join('\n')}\n`);
  const command = ['calibrate', '--model', MOBILE_FACE_NET, '--cohort', cohort, '--groups', list, '--out', folder];
  const { code, output, stderr } = await runJson<Calibrated>(...command);
  expect(code, stderr).toBe(0);
  expect(readFileSync(join(folder, `${MOBILE_FACE_NET}.safetensors`)).length).toBe(output.bytes);
  const distances = output.calibration.map(({ distance }) => distance);
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));

  writeFileSync(list, 'name,age,sex,ancestry\n0,30,f,kind0\n');
  const short = await run(...command);
  expect(short.code).toBe(1);
  expect(short.stderr).toContain('has 440 rows');
  writeFileSync(list, `name,age,sex,ancestry\n${groups.map((_, i) => `${i},30,f,other`).join('\n')}\n`);
  const nobody = await run(...command);
  expect(nobody.code).toBe(1);
  expect(nobody.stderr).toContain('cannot show a rate');
});
