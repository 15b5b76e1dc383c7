import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DetectedFace, DetectOutput } from '../../../src/harness/cli/output';
import { expect, run, runJson, SAMPLES, test, SMALL } from './command';
import { plainPng } from './plainPng';

const CREW = join(SAMPLES, 'expedition-12-holiday.jpg');
const fixture = (name: string) => resolve('test/fixtures/pictures', name);

function expectFace({ box, score, points }: DetectedFace, width: number, height: number): void {
  const [x0, y0, x1, y1] = box;
  expect(score).toBeGreaterThan(0.7);
  expect(score).toBeLessThanOrEqual(1);
  expect(points).toHaveLength(5);
  for (const [x, y] of points) {
    expect(x).toBeGreaterThan(Math.max(0, x0) - 5);
    expect(x).toBeLessThan(Math.min(width, x1) + 5);
    expect(y).toBeGreaterThan(Math.max(0, y0) - 5);
    expect(y).toBeLessThan(Math.min(height, y1) + 5);
  }
}

test('gives boxes, scores and points as one object, in a file, and drawn', async ({ folder }) => {
  const out = join(folder, 'boxes.json');
  const { code, stderr, output } = await runJson<DetectOutput>(
    'detect',
    ...SMALL,
    CREW,
    '--out',
    out,
    '--draw',
    folder,
  );
  expect(code, stderr).toBe(0);
  expect(output.pictures).toHaveLength(1);
  const entry = output.pictures[0]!;
  expect(entry).toMatchObject({ picture: CREW, width: expect.any(Number), height: expect.any(Number) });
  expect(entry.faces.length).toBeGreaterThanOrEqual(2);
  if ('width' in entry) for (const face of entry.faces) expectFace(face, entry.width, entry.height);
  expect(Object.keys(entry.faces[0]!).sort()).toEqual(['box', 'points', 'score']);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(output);
  expect(readFileSync(join(folder, 'expedition-12-holiday.jpg')).length).toBeGreaterThan(10_000);
});

test('in words: the engine on standard error, each face, and the least size where nothing or only large faces are found', async ({
  folder,
}) => {
  const grey = join(folder, 'grey.png');
  writeFileSync(grey, plainPng(4000, 3000));
  const { stdout, stderr } = await run('detect', ...SMALL, CREW, grey, fixture('base.jpg'), '--backend', 'wasm');
  expect(stderr).toMatch(/LiteRT\.js on WASM \(\d+ threads?\)/);
  expect(stdout).toMatch(/expedition-12-holiday\.jpg: \d+ faces\n {2}\d+×\d+ at \d+, \d+ {2}score [01]\.\d{3}/);
  expect(stdout).toContain('grey.png: 0 faces\n  faces less than 50 pixels wide were not looked for (--min-size)');
  expect(stdout.match(/not looked for/g), 'of the grey one alone').toHaveLength(1);

  const large = await run('detect', ...SMALL, join(SAMPLES, 'portraits/susan-helms.jpg'), '--min-size', '50');
  expect(large.stdout).toMatch(
    /: 1 face\n {2}faces less than \d\d pixels wide were not looked for \(--min-size\)\n {2}\d+×\d+ at /,
  );
});

test('a larger minimum size finds fewer faces, a smaller one looks for smaller ones', async ({ folder }) => {
  const grey = join(folder, 'grey.png');
  writeFileSync(grey, plainPng(4000, 3000));
  const pictures = [join(SAMPLES, 'expedition-1-golden-key.jpg'), grey];
  const small = await runJson<DetectOutput>('detect', ...SMALL, ...pictures, '--min-size', '30');
  const large = await runJson<DetectOutput>('detect', ...SMALL, pictures[0]!, '--min-size', '0.25');
  expect(small.output.pictures[1]).toMatchObject({ faces: [], leastFace: 30 });
  expect(large.output.pictures[0]!.faces.length).toBeLessThan(small.output.pictures[0]!.faces.length);
});

test('drawing into the folder of the pictures leaves the originals as they are', async ({ folder }) => {
  const original = readFileSync(fixture('base.jpg'));
  writeFileSync(join(folder, 'base.jpg'), original);
  expect((await run('detect', ...SMALL, folder, '--draw', folder)).code).toBe(0);
  expect(readFileSync(join(folder, 'base.jpg')).equals(original)).toBe(true);
  expect(existsSync(join(folder, 'base-2.jpg'))).toBe(true);
});

test('WebGPU says which adapter it ran on', async () => {
  const { code, output, stderr } = await runJson<DetectOutput>(
    'detect',
    ...SMALL,
    fixture('base.jpg'),
    '--backend',
    'webgpu',
  );
  if (process.env['EXPECT_WEBGPU'] !== '1') test.skip(!stderr.includes('on WebGPU'), 'no WebGPU adapter here');
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/on WebGPU \(.+\)/);
  expect(output.pictures[0]!.faces).toHaveLength(1);
});

const portrait = readFileSync(join(SAMPLES, 'portraits/susan-helms.jpg'));
const WRITTEN = {
  'empty.jpg': Buffer.alloc(0),
  'text.jpg': Buffer.from('This is not a picture.\n'),
  'truncated.jpg': portrait.subarray(0, portrait.length / 2),
  'one-pixel.png': plainPng(1, 1),
  'no-face.png': plainPng(640, 480),
  'huge.png': plainPng(12_000, 9000),
};
/** Each odd picture with what is found, or the error's code. */
const ODD: readonly (readonly [string, string])[] = [
  ['empty.jpg', 'image/empty'],
  ['text.jpg', 'image/unreadable'],
  ['truncated.jpg', 'image/truncated'],
  ['one-pixel.png', 'image/too-small'],
  ['no-face.png', 'no face'],
  ['huge.png', 'no face'],
  ['gone.jpg', 'harness/no-such-file'],
  [fixture('png-16bit.png'), 'face'],
  [fixture('png-paletted.png'), 'face'],
  [fixture('png-alpha.png'), 'face'],
  [fixture('cmyk.jpg'), 'face'],
  [fixture('animated.gif'), 'face'],
  [fixture('still.webp'), 'face'],
  [fixture('still.avif'), 'face'],
  [CREW, 'face'],
];

test('odd and broken pictures are each reported in a sentence, and the others continue', async ({ folder }) => {
  for (const [name, bytes] of Object.entries(WRITTEN)) writeFileSync(join(folder, name), bytes);
  const paths = ODD.map(([name]) => (name.startsWith('/') ? name : join(folder, name)));
  const { code, stderr, output } = await runJson<DetectOutput>('detect', ...SMALL, ...paths);
  expect(code).toBe(1);
  const outcomes = output.pictures.map((entry) => [
    entry.picture,
    'error' in entry ? entry.error.code : entry.faces.length > 0 ? 'face' : 'no face',
  ]);
  const expected = ODD.map(([, outcome], i) => [paths[i], outcome]);
  const isThere = ([, outcome]: (string | undefined)[]) => outcome !== 'harness/no-such-file';
  expect(outcomes).toEqual(expected.filter(isThere));
  expect(stderr).toContain('gone.jpg does not exist');
  for (const entry of output.pictures) if ('error' in entry) expect(stderr).toContain(entry.error.message);
});
