import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ClusterOutput } from '../../../src/harness/cli/output';
import { MOBILE_FACE_NET, expect, FACENET, needsModel, run, runJson, SAMPLES, test } from './command';
import { plainPng } from './plainPng';

interface Truth {
  readonly faces: { readonly name: string; readonly portrait: boolean }[];
}
const truth = JSON.parse(readFileSync(join(SAMPLES, 'truth.json'), 'utf8')) as Record<string, Truth>;

/** “portrait + crew picture” of everybody who is in both. */
function expectedPairs(): string[] {
  return Object.entries(truth).flatMap(([picture, { faces }]) =>
    faces.filter(({ portrait }) => portrait).map(({ name }) => `${name} ${picture}`),
  );
}

/** Those of them that are in one group. */
function foundPairs({ groups }: ClusterOutput): string[] {
  const together = groups.map((pictures) => new Set(pictures.map((picture) => basename(picture))));
  return expectedPairs().filter((pair) => {
    const [name, picture] = pair.split(' ');
    return together.some((group) => group.has(`${name}.jpg`) && group.has(picture!));
  });
}

for (const [model, missed] of [
  [FACENET, 0],
  [MOBILE_FACE_NET, 3],
] as const) {
  test(`portraits and crew pictures are grouped by person with ${model}`, async () => {
    if (model === FACENET) needsModel(FACENET, 'int8');
    const { code, output, stderr } = await runJson<ClusterOutput>('cluster', SAMPLES, '--model', model);
    expect(code, stderr).toBe(0);
    expect(output).toMatchObject({ pictures: 25, noFace: 0, method: 'nearest' });
    expect(foundPairs(output).length).toBeGreaterThanOrEqual(expectedPairs().length - missed);
    // Two portraits are two people.
    for (const group of output.groups)
      expect(group.filter((picture) => picture.includes('portraits')).length).toBeLessThanOrEqual(1);
  });
}

test('a folder without pictures is refused in a sentence, one without faces is an answer', async ({ folder }) => {
  mkdirSync(folder, { recursive: true });
  const empty = await run('cluster', folder, '--model', MOBILE_FACE_NET);
  expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining(`No pictures were found in ${folder}.`)]);
  writeFileSync(join(folder, 'grey.png'), plainPng(80, 60));
  const faceless = await run('cluster', folder, '--model', MOBILE_FACE_NET);
  expect(faceless.code, faceless.stderr).toBe(0);
  expect(faceless.stdout).toContain(`No face was found in ${folder}: there is nobody to group.`);
  expect(faceless.stdout).toContain('0 groups; 0 pictures in none, 1 without a face');
  copyFileSync(join(SAMPLES, 'portraits', 'susan-helms.jpg'), join(folder, 'helms.jpg'));
  const alone = await run('cluster', folder, '--model', MOBILE_FACE_NET);
  expect(alone.stdout).toContain('0 groups; 1 picture in none, 1 without a face');
});

test('the original’s ways group too, and a picture without company is ungrouped', async () => {
  const { output } = await runJson<ClusterOutput>(
    'cluster',
    join(SAMPLES, 'portraits'),
    '--method',
    'chinese-whispers',
    '--threshold',
    '0.999',
    '--model',
    MOBILE_FACE_NET,
  );
  expect(output.groups).toEqual([]);
  expect(output.ungrouped.length).toBe(18);
  const { code, stderr } = await run('cluster', SAMPLES, '--method', 'guess');
  expect(code).toBe(2);
  expect(stderr).toContain('chinese-whispers');
});
