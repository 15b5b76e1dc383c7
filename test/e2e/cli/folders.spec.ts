import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { AlignOutput, CompareOutput, EmbedOutput, FilterMetricsOutput } from '../../../src/harness/cli/output';
import { readNpy } from '../../../src/weights/formats/npy';
import { MOBILE_FACE_NET, expect, run, runJson, SAMPLES, test, SMALL } from './command';
import { plainPng } from './plainPng';

/** Two people in class folders, three pictures with a face, one without. */
function makeClasses(folder: string): string {
  const root = join(folder, 'in');
  for (const [person, ...names] of [
    ['Barry Family', 'daniel-barry', 'daniel-burbank'],
    ['helms', 'susan-helms'],
  ] as const) {
    mkdirSync(join(root, person), { recursive: true });
    for (const name of names)
      copyFileSync(join(SAMPLES, 'portraits', `${name}.jpg`), join(root, person, `${name}.jpg`));
  }
  writeFileSync(join(root, 'helms', 'wall.png'), plainPng(200, 200));
  return root;
}

function pngSize(path: string): [number, number] {
  const bytes = readFileSync(path);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

test('align cuts faces into class folders with a list of boxes, and does nothing twice', async ({ folder }) => {
  const from = makeClasses(folder);
  const to = join(folder, 'out');
  const first = await runJson<AlignOutput>('align', ...SMALL, from, to, '--size', '182', '--margin', '44');
  expect(first.code, first.stderr).toBe(0);
  expect(first.output).toMatchObject({ written: 3, skipped: 0, withoutFace: [join(from, 'helms', 'wall.png')] });
  const crop = join(to, 'Barry Family', 'daniel-barry.png');
  expect(pngSize(crop)).toEqual([182, 182]);
  const lines = readFileSync(first.output.boxes!, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^.*Barry Family\/daniel-barry\.png \d+ \d+ \d+ \d+$/);
  expect(lines[3]).toBe(join(to, 'helms', 'wall.png'));

  const written = statSync(crop).mtimeMs;
  const second = await runJson<AlignOutput>('align', ...SMALL, from, to, '--size', '182', '--margin', '44');
  expect(second.output).toMatchObject({ written: 0, skipped: 4, boxes: null });
  expect(statSync(crop).mtimeMs).toBe(written);

  copyFileSync(join(SAMPLES, 'portraits/edward-lu.jpg'), join(from, 'helms', 'new.jpg'));
  const third = await runJson<AlignOutput>('align', ...SMALL, from, to, '--size', '182', '--margin', '44');
  expect(third.output).toMatchObject({ written: 1, skipped: 4 });
  const fourth = await runJson<AlignOutput>('align', ...SMALL, from, to);
  expect(fourth.output, 'crops of two sizes are not mixed').toMatchObject({ written: 4, skipped: 0 });
  for (const name of ['helms/susan-helms', 'helms/new', 'Barry Family/daniel-barry'])
    expect(pngSize(join(to, `${name}.png`))).toEqual([160, 160]);
});

test('align cuts again what was replaced, and nothing that was only touched', async ({ folder }) => {
  const from = makeClasses(folder);
  const [to, fresh] = [join(folder, 'out'), join(folder, 'fresh')];
  writeFileSync(join(from, 'helms', 'two\nlines.png'), plainPng(200, 200));
  const first = await runJson<AlignOutput>('align', ...SMALL, from, to);
  expect(first.output).toMatchObject({ written: 3, skipped: 0 });
  const lines = readFileSync(first.output.boxes!, 'utf8').trimEnd().split('\n');
  expect(lines, 'a line a picture').toHaveLength(5);

  const [barry, burbank, helms, wall] = [
    ...['Barry Family/daniel-barry.jpg', 'Barry Family/daniel-burbank.jpg', 'helms/susan-helms.jpg', 'helms/wall.png'],
  ].map((name) => join(from, name)) as [string, string, string, string];
  utimesSync(barry, 1e9, 1e9);
  const { mtimeMs } = statSync(burbank);
  copyFileSync(join(SAMPLES, 'portraits/edward-lu.jpg'), burbank); // another face, of the same time
  utimesSync(burbank, mtimeMs / 1000, mtimeMs / 1000);
  writeFileSync(helms, readFileSync(join(from, 'helms', 'wall.png'))); // no face now
  copyFileSync(join(SAMPLES, 'portraits/susan-helms.jpg'), wall); // and here one
  const kept = statSync(join(to, 'Barry Family/daniel-barry.png')).mtimeMs;
  const second = await runJson<AlignOutput>('align', ...SMALL, from, to);
  expect(second.output).toMatchObject({ written: 2, skipped: 2, withoutFace: [helms] });
  expect(second.stderr).toContain('3 pictures cut before: the picture or the options are others now');
  expect(statSync(join(to, 'Barry Family/daniel-barry.png')).mtimeMs).toBe(kept);
  expect(existsSync(join(to, 'helms/susan-helms.png')), 'the crop of the face that is gone').toBe(false);
  expect((await run('align', ...SMALL, from, fresh)).code).toBe(0);
  for (const name of ['Barry Family/daniel-barry.png', 'Barry Family/daniel-burbank.png', 'helms/wall.png'])
    expect(readFileSync(join(to, name)).equals(readFileSync(join(fresh, name))), name).toBe(true);
  expect((await runJson<AlignOutput>('align', ...SMALL, from, to)).output).toMatchObject({ written: 0, skipped: 5 });

  const all = await runJson<AlignOutput>('align', ...SMALL, from, to, '--all');
  expect(all.output).toMatchObject({ written: 3, skipped: 0 });
  expect(readdirSync(join(to, 'Barry Family')).sort()).toEqual(['daniel-barry_0.png', 'daniel-burbank_0.png']);
});

test('align --all cuts every face of a picture', async ({ folder }) => {
  mkdirSync(join(folder, 'in'));
  copyFileSync(join(SAMPLES, 'expedition-12-holiday.jpg'), join(folder, 'in', 'crew.jpg'));
  const { output } = await runJson<AlignOutput>('align', ...SMALL, join(folder, 'in'), join(folder, 'out'), '--all');
  expect(output.written).toBeGreaterThanOrEqual(2);
  for (let i = 0; i < output.written; i++) expect(pngSize(join(folder, 'out', `crew_${i}.png`))).toEqual([160, 160]);
});

test('embed writes a row for each face with its labels; aligned crops give the same people', async ({ folder }) => {
  const from = makeClasses(folder);
  const out = join(folder, 'embeddings.npy');
  const { code, output } = await runJson<EmbedOutput>('embed', from, '--out', out, '--model', MOBILE_FACE_NET);
  expect(code).toBe(1); // the wall
  expect(output).toMatchObject({ embeddings: out, model: MOBILE_FACE_NET, shape: [3, 192] });
  expect(output.failed).toMatchObject([{ picture: join(from, 'helms', 'wall.png') }]);
  const read = (path: string) => readNpy(new Uint8Array(readFileSync(path)), path);
  const rows = read(out);
  expect(rows.shape).toEqual([3, 192]);
  expect(rows.data).toBeInstanceOf(Float32Array);
  expect(rows.data.every((x) => Number.isFinite(x))).toBe(true);
  expect([...read(output.labels).data]).toEqual([0, 0, 1]);
  expect(readFileSync(output.names, 'utf8')).toBe(
    'Barry Family\tBarry Family/daniel-barry.jpg\n' +
      'Barry Family\tBarry Family/daniel-burbank.jpg\nhelms\thelms/susan-helms.jpg\n',
  );
});

test('embed takes aligned crops as they are', async ({ folder }) => {
  const crops = join(folder, 'crops');
  expect((await run('align', ...SMALL, makeClasses(folder), crops)).code).toBe(0);
  const out = join(folder, 'aligned.npy');
  const { code, output, stderr } = await runJson<EmbedOutput>('embed', ...SMALL, crops, '--out', out, '--aligned');
  expect(code, stderr).toBe(0);
  expect(output.shape[0]).toBe(3);
});

test('filter-metrics writes how far each picture lies from its person’s centre', async ({ folder }) => {
  const from = makeClasses(folder);
  const out = join(folder, 'centres.json');
  const { code, output, stderr } = await runJson<FilterMetricsOutput>(
    ...['filter-metrics', from, '--out', out, '--model', MOBILE_FACE_NET],
  );
  expect(code, stderr).toBe(0);
  const wall = join(from, 'helms', 'wall.png');
  expect(output).toEqual({ file: out, model: MOBILE_FACE_NET, people: 2, pictures: 3, noFace: [wall], failed: [] });
  // Two pictures lie half their distance from their mean, a single one in it.
  const two = ['daniel-barry', 'daniel-burbank'].map((name) => join(from, 'Barry Family', `${name}.jpg`));
  const half =
    (await runJson<CompareOutput>('compare', ...two, '--model', MOBILE_FACE_NET)).output.distances[0]![1]! / 2;
  const entry = (label: string, picture: string, distance: unknown) => ({ label, picture, distance });
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({
    model: MOBILE_FACE_NET,
    pictures: [
      entry('Barry Family', 'Barry Family/daniel-barry.jpg', expect.closeTo(half, 5)),
      entry('Barry Family', 'Barry Family/daniel-burbank.jpg', expect.closeTo(half, 5)),
      entry('helms', 'helms/susan-helms.jpg', 0),
    ],
  });
});
