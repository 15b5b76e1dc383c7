import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RecogniseOutput } from '../../../src/harness/cli/output';
import { DLIB, expect, FACENET, needsModel, run, runJson, SAMPLES, test } from './command';
import { plainPng } from './plainPng';

interface Truth {
  readonly faces: { readonly name: string; readonly box: number[]; readonly portrait: boolean }[];
}
const truth = JSON.parse(readFileSync(join(SAMPLES, 'truth.json'), 'utf8')) as Record<string, Truth>;
const groups = Object.keys(truth).map((name) => join(SAMPLES, name));
const gallery = ['--gallery', join(SAMPLES, 'portraits')];

/** Intersection over union of two boxes. */
function overlap(a: readonly number[], b: readonly number[]): number {
  const side = (i: number) => Math.max(0, Math.min(a[i + 2]!, b[i + 2]!) - Math.max(a[i]!, b[i]!));
  const area = (box: readonly number[]) => (box[2]! - box[0]!) * (box[3]! - box[1]!);
  const both = side(0) * side(1);
  return both / (area(a) + area(b) - both);
}

for (const model of [FACENET, DLIB]) {
  test(`names all 19 people who have a portrait, and nobody else, with ${model}`, async ({ folder }) => {
    if (model === FACENET) needsModel(FACENET, 'int8');
    const result = await runJson<RecogniseOutput>(
      'recognise',
      ...gallery,
      ...groups,
      '--model',
      model,
      '--draw',
      folder,
    );
    expect(result.code, result.stderr).toBe(0);
    expect(result.output.model).toBe(model);
    expect(result.stderr).toContain(model);

    let named = 0;
    for (const entry of result.output.pictures) {
      const people = truth[basename(entry.picture)]!.faces;
      for (const person of people) {
        const face = entry.faces.find(({ box }) => overlap(box, person.box) > 0.5);
        expect(face, `${person.name} is found in ${entry.picture}`).toBeDefined();
        expect(face!.name).toBe(person.portrait ? person.name : null);
      }
      for (const face of entry.faces.filter(({ name }) => name !== null)) {
        named++;
        expect(face.distance).toBeLessThanOrEqual(result.output.threshold);
        expect(face.certainty).toBeGreaterThan(0.99);
        expect(face.nearest).toBe(face.name);
        expect(face.second).not.toBe(face.name);
        expect(face.secondDistance!).toBeGreaterThan(face.distance!);
      }
    }
    expect(named).toBe(19);
    expect(readdirSync(folder).sort()).toEqual(Object.keys(truth).sort());
  });
}

test('tells people the names with distance and certainty', async () => {
  const { code, stdout } = await run('recognise', ...gallery, join(SAMPLES, 'expedition-12-holiday.jpg'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}william-mcarthur {2}distance 0\.\d\d {2}certainty 99\.\d\d %$/m);
  expect(stdout).toMatch(/^ {2}unknown {2}nearest [a-z-]+, distance \d\.\d\d$/m);
});

test('a stricter false-accept rate gives a smaller threshold', async () => {
  const picture = join(SAMPLES, 'expedition-12-holiday.jpg');
  const usual = await runJson<RecogniseOutput>('recognise', ...gallery, picture, '--model', DLIB);
  const strict = await runJson<RecogniseOutput>('recognise', ...gallery, picture, '--model', DLIB, '--far', '0.001');
  expect(strict.output.threshold).toBeLessThan(usual.output.threshold);
});

test('a gallery without a face is told, as one object too', async ({ folder }) => {
  writeFileSync(join(folder, 'wall.png'), plainPng(100, 100));
  const { code, stderr, output } = await runJson<object>('recognise', '--gallery', folder, groups[0]!);
  expect(code).toBe(1);
  expect(output).toMatchObject({ error: { code: 'harness/empty-gallery' } });
  expect(stderr).toContain('there is nobody to recognise');
});

test('a gallery may have a folder of pictures a person', async ({ folder }) => {
  mkdirSync(join(folder, 'Bill McArthur'), { recursive: true });
  copyFileSync(join(SAMPLES, 'portraits/william-mcarthur.jpg'), join(folder, 'Bill McArthur', '1.jpg'));
  const picture = join(SAMPLES, 'expedition-12-holiday.jpg');
  const { output } = await runJson<RecogniseOutput>('recognise', '--gallery', folder, picture);
  const names = output.pictures[0]!.faces.map(({ name }) => name);
  expect(names.filter((name) => name !== null)).toEqual(['Bill McArthur']);
});
