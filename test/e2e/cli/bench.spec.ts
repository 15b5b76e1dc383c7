import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SpeedOutput } from '../../../src/harness/cli/output';
import { expect, FACENET, run, runJson, SAMPLES, test, type Ended } from './command';

/** Runs a script of test/bench as README and CONTRIBUTING say it. */
function bench(script: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join('test/bench', script), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const heard = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (heard.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (heard.stderr += text));
  return new Promise((done) => child.once('close', (code) => done({ code, ...heard })));
}

const PORTRAITS = readdirSync(join(SAMPLES, 'portraits')).sort();
const hasFaceNet = existsSync(resolve('public/models', `${FACENET}.int8.safetensors`));

/** Debian's package serves the system's own Python. */
const python = ['/usr/bin/python3', 'python3'].find((name) => spawnSync(name, ['-c', 'import torch']).status === 0);

/** A folder for each of `people` people, with several copies of the portrait in it. */
function classFolders(root: string, people: number, copies = 2): string {
  for (const file of PORTRAITS.slice(0, people)) {
    const folder = join(root, file.replace('.jpg', ''));
    mkdirSync(folder, { recursive: true });
    for (let i = 1; i <= copies; i++) copyFileSync(join(SAMPLES, 'portraits', file), join(folder, `${i}.jpg`));
  }
  return root;
}

test('npm run bench ends well, prints its table and writes the rows as JSON', { tag: '@long' }, async ({ folder }) => {
  test.setTimeout(900_000); // our peers' models are slow on two cores that another test shares
  mkdirSync(folder, { recursive: true });
  const out = join(folder, 'bench.json');
  const { code, stdout, stderr } = await bench('bench.js', '--smoke', '--out', out);
  expect(code, stderr).toBe(0);
  const report = JSON.parse(readFileSync(out, 'utf8')) as {
    rows: Record<string, { median: number; unit: string }>;
    live: { name: string; fps: number }[];
    ratios: { row: string }[];
  };
  const always = ['detect.vga.20', 'detect.vga.40', 'detect.vga.80', 'picture.vga.6faces', 'peer.faceapi.vga.6faces'];
  const network = ['network.float32.b1', 'network.int8.b1', 'peer.onnxruntime.b1'];
  for (const name of [...always, 'cold', ...(hasFaceNet ? network : [])]) {
    expect(report.rows[name]?.median, name).toBeGreaterThan(0);
    expect(stdout).toContain(name);
  }
  expect(report.ratios.map(({ row }) => row)).toEqual(expect.arrayContaining(hasFaceNet ? always.slice(0, 4) : []));
  for (const name of ['live.one.ours', 'live.one.human', 'live.six.ours'])
    expect(report.live.find((row) => row.name === name)?.fps, name).toBeGreaterThan(0);
  if (!hasFaceNet) expect(stdout).toContain('FaceNet was not timed');
});

test('the live bench measures us alone, and memory over frames', async () => {
  const alone = await bench('live/live.js', '--alone', '--rounds', '1', '--seconds', '1');
  expect(alone.code, alone.stderr).toBe(0);
  expect(alone.stdout).toMatch(/live\.six\.ours +\d+\.\d a second/);
  const soak = await bench('live/live.js', '--soak', '1');
  expect(soak.code, soak.stderr).toBe(0);
  expect(soak.stdout).toMatch(/^1 frames: \d+ tensors, 0 GPU buffers, WASM \d+\.\d MiB/m);
});

test('the benches of grouping and of a large gallery take the embeddings that embed writes', async ({ folder }) => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'faces.npy');
  const people = classFolders(join(folder, 'people'), 8, 1); // with one picture: strangers to the gallery
  const embedded = await run('embed', classFolders(people, 4), '--out', file);
  expect(embedded.code, embedded.stderr).toBe(0);
  const grouping = await bench('grouping.js', file);
  expect(grouping.code, grouping.stderr).toBe(0);
  expect(grouping.stdout).toContain('12 faces of 8 people');
  expect(grouping.stdout).toMatch(/\| ours: [^|]+ \| 1\.000 \(1\.000, 1\.000\) \| 1\.000 /);
  const many = await bench('grouping.js', file, '--faces', '3000');
  expect(many.code, many.stderr).toBe(0);
  expect(many.stdout).toMatch(/: 3000 faces of 8 people[^]+\| ours: [^|]+ \|[^]+^at most \d+ MiB$/m);
  const gallery = await bench('gallery/gallery.js', file, '--faces', '400', '--probes', '4');
  expect(gallery.code, gallery.stderr).toBe(0);
  expect(gallery.stdout).toContain('400 faces of 6 people');
  expect(gallery.stdout).toMatch(/unlike a plain search: 0 of \d+/);
});

test('the bench of the photo library resumes after the tab was closed, and measures the view', async ({ folder }) => {
  const data = classFolders(join(folder, 'people'), 4);
  const { code, stdout, stderr } = await bench('photos.js', '--data', data, '--pictures', '8');
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('tab closed and opened again: 2 pictures skipped');
  expect(stdout).toMatch(/^8 pictures +\d/m);
  expect(stdout).toMatch(/^view opened in \d/m);
});

test('the bench of training takes a step', async () => {
  test.skip(!hasFaceNet, 'FaceNet is not in public/models');
  const { code, stdout, stderr } = await bench(
    'training/training.js',
    '--batch',
    '8',
    '--steps',
    '1',
    '--only',
    'frozen',
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/frozen but Block8, batch 8 +\d+\.\d\d pictures\/s/);
});

test('the bench of training in PyTorch prints its two cases', () => {
  test.skip(!python, 'python3-torch is not here');
  const printed = execFileSync(python!, ['test/bench/training/pytorch.py', '1', '1'], { encoding: 'utf8' });
  for (const name of ['frozen but Block8', 'full, live batch norm'])
    expect(printed).toMatch(new RegExp(`^${name}, batch 1 +\\d+\\.\\d\\d pictures/s`, 'm'));
});

test('speed reports how many pictures a second are embedded and trained on', async () => {
  const small = ['--batch', '1', '--steps', '1', '--width', '0.25'];
  const { code, stderr, output } = await runJson<SpeedOutput>('speed', ...small);
  expect(code, stderr).toBe(0);
  expect(output.rows[0]).toMatchObject({ batch: 1, refused: null });
});

test('the bench of crops writes its table', async ({ folder }) => {
  test.skip(!hasFaceNet, 'FaceNet is not in public/models');
  for (const set of ['people', 'train']) classFolders(join(folder, 'data', set), 18, 3);
  const out = join(folder, 'out');
  const { code, stdout, stderr } = await bench(
    'crops/crops.js',
    '--data',
    join(folder, 'data'),
    '--out',
    out,
    '--only',
    'facenet 32',
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/\| facenet 32 \| \d\.\d{4} \|/);
  expect(existsSync(join(out, 'facenet 32.npy'))).toBe(true);
});
