import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RecogniseOutput } from '../../../src/harness/cli/output';
import { MOBILE_FACE_NET, expect, FACENET, needsModel, run, runJson, SAMPLES, test, SMALL } from './command';
import { withOrientation } from '../../fixtures/exif';
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

for (const model of [FACENET, MOBILE_FACE_NET]) {
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
        expect(face.normalised).toBeLessThanOrEqual(result.output.threshold);
        expect(face.certainty).toBeGreaterThan(0.95); // (1 − .001) ^ people of the gallery at the threshold
        expect(face.certainty).toBeLessThan(1);
        expect(face.nearest).toBe(face.name);
        expect(face.second).not.toBe(face.name);
        expect(face.secondNormalised!).toBeGreaterThan(face.normalised!);
      }
    }
    expect(named).toBe(19);
    expect(readdirSync(folder).sort()).toEqual(Object.keys(truth).sort());
    if (model === FACENET) return;
    const strict = await runJson<RecogniseOutput>('recognise', ...gallery, groups[0]!, ...SMALL, '--far', '0.0001');
    expect(strict.output.threshold, 'at a stricter false-accept rate').toBeLessThan(result.output.threshold);
  });
}

test('tells people the names with distance and certainty', async () => {
  const { code, stdout } = await run('recognise', ...SMALL, ...gallery, join(SAMPLES, 'expedition-12-holiday.jpg'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}william-mcarthur {2}distance 0\.\d\d {2}certainty (> )?\d+(\.\d+)? %$/m);
  expect(stdout).toMatch(/^ {2}unknown {2}nearest [a-z-]+, distance \d\.\d\d$/m);
});

test('a gallery without a face is reported, as one object too', async ({ folder }) => {
  writeFileSync(join(folder, 'wall.png'), plainPng(100, 100));
  const { code, stderr, output } = await runJson<object>('recognise', ...SMALL, '--gallery', folder, groups[0]!);
  expect(code).toBe(1);
  expect(output).toMatchObject({ error: { code: 'harness/empty-gallery' } });
  expect(stderr).toContain('there is nobody to recognise');
});

test('a gallery may have a folder of pictures a person', async ({ folder }) => {
  mkdirSync(join(folder, 'Bill McArthur'), { recursive: true });
  copyFileSync(join(SAMPLES, 'portraits/william-mcarthur.jpg'), join(folder, 'Bill McArthur', '1.jpg'));
  const picture = join(SAMPLES, 'expedition-12-holiday.jpg');
  const { output } = await runJson<RecogniseOutput>('recognise', ...SMALL, '--gallery', folder, picture);
  const names = output.pictures[0]!.faces.map(({ name }) => name);
  expect(names.filter((name) => name !== null)).toEqual(['Bill McArthur']);
});

test('a gallery picture of two people is named, with the face that was taken for the person', async ({ folder }) => {
  mkdirSync(folder, { recursive: true });
  const both = join(folder, 'thomas-jones.jpg');
  copyFileSync(join(SAMPLES, 'sts-98-spacewalkers.jpg'), both);
  copyFileSync(join(SAMPLES, 'portraits/susan-helms.jpg'), join(folder, 'susan-helms.jpg'));
  const { code, stderr, output } = await runJson<RecogniseOutput>('recognise', ...SMALL, '--gallery', folder, both);
  expect(code, stderr).toBe(0);
  expect(output.gallery).toMatchObject({ people: 2, faces: 2 });
  expect(output.gallery.severalFaces, 'only that one').toEqual([
    { picture: both, faces: 2, person: 'thomas-jones', taken: expect.any(Array) },
  ]);
  // The box is that of one of the two faces: of the one that is now called so.
  const [{ taken }] = output.gallery.severalFaces as [(typeof output.gallery.severalFaces)[number]];
  const faces = output.pictures[0]!.faces;
  expect(faces).toHaveLength(2);
  expect(faces.map(({ name, box }) => [name, box.join() === taken.join()]).sort()).toEqual([
    [null, false],
    ['thomas-jones', true],
  ]);
  const [x0, y0] = taken.map(Math.round);
  expect(stderr).toMatch(
    /thomas-jones\.jpg shows 2 faces: the one of \d+×\d+ pixels at \d+, \d+ is taken for thomas-jones\./,
  );
  expect(stderr).toContain(`pixels at ${x0}, ${y0} is taken`);
});

test('who lies or hangs upside down is not known without --turned, and the command says so, of crops too', async ({
  folder,
}) => {
  const portrait = join(SAMPLES, 'portraits/daniel-barry.jpg');
  const [headlong, lying] = [join(folder, 'headlong.jpg'), join(folder, 'in', 'lying.jpg')];
  mkdirSync(join(folder, 'in'), { recursive: true });
  writeFileSync(headlong, withOrientation(readFileSync(portrait), 3));
  writeFileSync(lying, withOrientation(readFileSync(portrait), 6)); // on its side, once it is turned as that says
  const noSureFace = `1 picture shows no face surely: ${headlong}. If somebody lies on their side or upside down there, use --turned`;
  const lies = `1 picture shows a face that lies on its side or upside down, by which nobody is known well: ${lying}. Turn it upright, or use --turned`;
  const common = ['recognise', ...SMALL, '--gallery', portrait, headlong, lying, portrait];
  const namesOf = ({ pictures }: RecogniseOutput) => pictures.map(({ faces }) => faces.map(({ name }) => name));
  const upright = await runJson<RecogniseOutput>(...common);
  expect(upright.code).toBe(0);
  expect(upright.stderr).toContain(noSureFace);
  expect(upright.stderr).toContain(lies);
  expect(namesOf(upright.output).slice(0, 2)).toEqual([[null], [null]]);
  const turned = await runJson<RecogniseOutput>(...common, '--turned');
  expect(turned.stderr).not.toMatch(/no face surely|lies on its side/);
  expect(namesOf(turned.output).slice(0, 2)).toEqual([['daniel-barry'], ['daniel-barry']]);
  const crops = await run('align', ...SMALL, join(folder, 'in'), join(folder, 'out'));
  expect(crops.stderr).toContain(lies);
});
