import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LfwReport } from '../../../src/evaluate/lfwReport';
import {
  MOBILE_FACE_NET,
  descendants,
  expect,
  FACENET,
  isAlive,
  needsFolder,
  needsModel,
  run,
  runJson,
  SAMPLES,
  start,
  test,
  type Ended,
} from './command';
import { cohortMean, createCohort, faceScale } from '../../../src/core/cohort';
import { thresholdAt } from '../../../src/weights/calibration';
import { readNpy } from '../../../src/weights/formats/npy';
import { readSafetensors } from '../../../src/weights/formats/safetensors';
import type { CohortRow } from '../../../src/weights/modelRow';
import { makeZip } from '../../fixtures/zip';
import { plainPng } from './plainPng';

/** Two folds over the sample pictures: a portrait with itself counts as one person, with its neighbour as two. */
function samplePairs(folder: string): string {
  const portraits = readdirSync(join(SAMPLES, 'portraits'))
    .map((name) => `portraits/${name}`)
    .sort();
  const lines = portraits.flatMap((portrait, i) => [
    `${portrait},${portrait},1,${i % 2}`,
    `${portrait},${portraits[(i + 1) % portraits.length]},0,${i % 2}`,
  ]);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'pairs.csv');
  writeFileSync(path, `a,b,same,fold\n${lines.join('\n')}\n`);
  return path;
}

/** What must be the same however the work was split: the report without what depends on the machine, and the embeddings. */
function resultOf(folder: string): { report: Partial<LfwReport>; embeddings: Buffer } {
  const { imagesPerSecond, backend, adapter, ...report } = reportOf(folder);
  expect(imagesPerSecond).toBeGreaterThan(0);
  expect(backend).toBe('wasm');
  expect(adapter).toBeNull();
  return { report, embeddings: readFileSync(join(folder, 'embeddings.npy')) };
}

function reportOf(folder: string): LfwReport {
  return JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as LfwReport;
}

async function succeed(...args: string[]): Promise<void> {
  const { code, stderr } = await run('lfw', ...args);
  expect(code, stderr).toBe(0);
}

for (const [model, splits] of [
  [FACENET, 'two parts in other batches'],
  [MOBILE_FACE_NET, 'three parts in other batches and a run that was killed'],
] as const)
  test(`${splits} give the very same report and embeddings, with ${model}`, async ({ folder }) => {
    test.setTimeout(600_000); // ten runs on two cores that another test shares
    if (model === FACENET) needsModel(FACENET, 'int8');
    const common = [
      '--images',
      SAMPLES,
      '--pairs',
      samplePairs(folder),
      '--model',
      model,
      '--flip',
      '--backend',
      'wasm',
    ];
    const whole = join(folder, 'whole');
    await succeed(...common, '--out', whole, '--normalise');
    const expected = resultOf(whole);
    const decision = { accuracy: { mean: 1 }, recall: 1, falseAccepts: 0 };
    expect(expected.report).toMatchObject({
      ...{ pairs: 36, pictures: 18, noFace: 0, accuracy: { mean: 1 }, model },
      decisions: { far: 0.001, same: 18, different: 18, plain: decision, normalised: decision },
    });
    expect(readdirSync(whole).sort()).toEqual([
      ...['embeddings.npy', 'embeddings.txt', 'errors.html', 'report.json', 'report.md', 'roc.svg'],
    ]);

    const parts = join(folder, 'parts');
    const [last, ...others] = model === FACENET ? ['1/2', '2/2'] : ['3/3', '1/3', '2/3'];
    for (const shard of others) await succeed(...common, '--out', parts, '--batch', '5', '--shard', shard);
    const early = await run('lfw', ...common, '--out', parts, '--merge');
    expect(early.code, 'nothing is evaluated before all are there').toBe(1);
    expect(early.stderr).toMatch(/embeddings-\d-of-\d\.part is not there/);
    await succeed(...common, '--out', parts, '--batch', '5', '--shard', last);
    await succeed(...common, '--out', parts, '--merge');
    const plain = resultOf(parts);
    const { decisions } = expected.report;
    expect(plain.report).not.toHaveProperty('decisions');
    expect({ ...plain, report: { ...plain.report, decisions } }, 'only that is added').toEqual(expected);
    await succeed(...common, '--out', parts, '--merge', '--normalise');
    expect(resultOf(parts)).toEqual(expected);

    if (model === FACENET) return; // what is done stays done whatever the network
    const killed = join(folder, 'killed');
    const command = start('lfw', ...common, '--out', killed, '--batch', '1');
    const file = join(killed, 'embeddings-1-of-1.part');
    const rowBytes = 4 * (4 + 2 * 192);
    const size = () => (existsSync(file) ? statSync(file).size : 0);
    await expect.poll(size, { timeout: 60_000, intervals: [20] }).toBeGreaterThan(2 * rowBytes);
    const processes = process.platform === 'linux' ? descendants(command.child.pid!) : [];
    command.child.kill('SIGKILL');
    await command.ended;
    await expect.poll(() => processes.filter(isAlive), { timeout: 15_000 }).toEqual([]);
    expect(existsSync(join(killed, 'report.json'))).toBe(false);
    const refused = await run('lfw', ...common, '--out', killed);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('continue it with --resume');
    const resumed = await run('lfw', ...common, '--out', killed, '--resume', '--normalise');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).toMatch(/\d+ of 18 pictures are done already/);
    expect(resultOf(killed)).toEqual(expected);
  });

test('Ctrl-C keeps what is done', async ({ folder }) => {
  const out = join(folder, 'out');
  const args = [
    '--images',
    SAMPLES,
    '--pairs',
    samplePairs(folder),
    '--model',
    MOBILE_FACE_NET,
    '--out',
    out,
    '--batch',
    '1',
  ];
  const command = start('lfw', ...args);
  await command.says(/\d+ of 18 pictures/);
  command.child.kill('SIGINT');
  expect((await command.ended).code).toBe(130);
  expect(existsSync(join(out, 'embeddings-1-of-1.part'))).toBe(true);
  const { code, stderr } = await run('lfw', ...args, '--flip', '--resume');
  expect(code).toBe(1);
  expect(stderr).toContain('another --flip');
});

test('200 pairs of LFW have the accuracy that was measured, and by the model’s own decisions', async ({ folder }) => {
  test.setTimeout(600_000);
  needsModel(FACENET, 'int8');
  const data = needsFolder('FACENET_DATA');
  // The first 100 of each kind, in five folds.
  const lines = readFileSync(join(data, 'lfw-pairs.txt'), 'utf8').trim().split('\n').slice(1);
  const of = (fields: number) => lines.filter((line) => line.split('\t').length === fields).slice(0, 100);
  const picture = (name: string, n: string) => `${name}/${name}_${n.padStart(4, '0')}`;
  const rows = [
    ...of(3)
      .map((line) => line.split('\t'))
      .map(([name, n, m]) => [picture(name!, n!), picture(name!, m!), 1]),
    ...of(4)
      .map((line) => line.split('\t'))
      .map(([name, n, other, m]) => [picture(name!, n!), picture(other!, m!), 0]),
  ];
  const pairs = join(folder, 'pairs.csv');
  mkdirSync(folder, { recursive: true });
  writeFileSync(pairs, rows.map((row) => row.join(',')).join('\n'));

  const out = join(folder, 'out');
  const common = ['--images', join(data, 'lfw'), '--pairs', pairs, '--folds', '5', '--precision', 'int8'];
  await succeed(
    ...common,
    '--flip',
    '--subtract-mean',
    '--distance',
    'cosine',
    '--backend',
    'wasm',
    '--normalise',
    '--far',
    '0.02',
    '--out',
    out,
  );
  const report = reportOf(out);
  expect(report).toMatchObject({ pairs: 200, leftOut: 0, noFace: 0, options: { precision: 'int8', folds: 5 } });
  expect(report.accuracy.mean).toBeGreaterThanOrEqual(0.98);
  expect(report.auc).toBeGreaterThan(0.999);
  const page = readFileSync(join(out, 'report.md'), 'utf8');
  expect(page).toContain('| Pairs | 200 in 5 folds |');

  // Each pair once more, by the embeddings without their flipped copies' and the cohort's own file.
  const file = join('public', 'cohorts', `${FACENET}.safetensors`);
  const row = JSON.parse(readFileSync(join('src', 'weights', 'cohorts', `${FACENET}.json`), 'utf8')) as CohortRow;
  const centres = readSafetensors(new Uint8Array(readFileSync(file)), file).get('centres')!;
  const cohort = createCohort({ ...row, id: 'c' }, centres.shape[1]!, Float32Array.from(centres.data));
  const names = readFileSync(join(out, 'embeddings.txt'), 'utf8').trim().split('\n');
  const { shape, data: numbers } = readNpy(new Uint8Array(readFileSync(join(out, 'embeddings.npy'))), 'embeddings.npy');
  const vectorOf = (name: string) => {
    const at = names.indexOf(name) * shape[1]!;
    return Float32Array.from(numbers.subarray(at, at + shape[1]! / 2) as Float32Array);
  };
  const counts = { plain: [0, 0], normalised: [0, 0] };
  for (const [a, b, same] of rows) {
    const [x, y] = [vectorOf(String(a)), vectorOf(String(b))];
    const plain = Math.hypot(...x.map((value, k) => value - y[k]!));
    const [p, q] = [x, y].map((vector) => faceScale(cohort, cohortMean(cohort, vector)));
    if (plain <= 0.9492) counts.plain[Number(same)]!++;
    if (plain * p! * q! <= thresholdAt(row, 1e-3)) counts.normalised[Number(same)]!++;
  }
  const shareOf = ([different, same]: number[]) => ({ recall: same! / 100, falseAccepts: different! / 100 });
  expect(report.decisions, '--far is VAL’s, not the default’s').toMatchObject({
    ...{ far: 0.001, same: 100, different: 100 },
    plain: { threshold: 0.9492, ...shareOf(counts.plain) },
    normalised: shareOf(counts.normalised),
  });
  expect(report.decisions!.normalised.recall).toBeGreaterThanOrEqual(0.9);
  expect(page).toContain(`| normalised | ${report.decisions!.normalised.accuracy.mean.toFixed(5)} ± `);
});

test('an archive, which is not unpacked, gives the report of its folder', async ({ folder }) => {
  const common = ['--pairs', samplePairs(folder), '--model', MOBILE_FACE_NET, '--backend', 'wasm'];
  const whole = join(folder, 'whole');
  await succeed(...common, '--images', SAMPLES, '--out', whole);
  const archive = join(folder, 'samples.tgz');
  execFileSync('tar', ['-czf', archive, '-C', join(SAMPLES, '..'), 'samples']);
  const packed = join(folder, 'packed');
  await succeed(...common, '--images', archive, '--out', packed);
  expect(resultOf(packed)).toEqual(resultOf(whole));
});

test('what is wrong with the input is said in one sentence, before Chromium starts', async ({ folder }) => {
  mkdirSync(folder, { recursive: true });
  const pairs = samplePairs(folder);
  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const cases: [string, string, RegExp][] = [
    [SAMPLES, write('line.csv', 'a,b,1\na,b,maybe\n'), /line\.csv, line 2: “maybe” is neither 1 nor 0\./],
    [SAMPLES, write('lfw.txt', '10\t300\nAnn\t1\n'), /lfw\.txt, line 2: expected a name and two numbers\./],
    [
      SAMPLES,
      write('lost.csv', 'portraits/nobody.jpg,x.jpg,1\n'),
      /^2 of the 2 pictures that .*nobody\.jpg, x\.jpg\.$/m,
    ],
    [SAMPLES, join(folder, 'none.csv'), /none\.csv does not exist/],
    [join(folder, 'none'), pairs, /none does not exist/],
    [write('cut.tgz', '\x1f\x8b\x08'), pairs, /cut\.tgz cannot be read as an archive/],
  ];
  for (const [images, list, message] of cases) {
    const { code, stdout, stderr } = await run('lfw', '--images', images, '--pairs', list, '--out', folder, '--json');
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toHaveProperty('error.code');
  }
});

test('a margin is refused where the crop has none, whoever chose the crop', async ({ folder }) => {
  const common = [
    '--images',
    SAMPLES,
    '--pairs',
    samplePairs(folder),
    '--out',
    join(folder, 'out'),
    '--margin',
    '16,32',
  ];
  for (const other of [
    ['--crop', 'similarity'],
    ['--model', MOBILE_FACE_NET],
  ]) {
    const { code, stderr } = await run('lfw', ...common, ...other);
    expect(code).toBe(1);
    expect(stderr).toMatch(/The option --margin cannot be 16,32: it is of the facenet crop/);
  }
});

test('distances are normalised for the model’s own crop only, which is said before any picture is read', async ({
  folder,
}) => {
  const out = join(folder, 'out');
  const common = ['--images', SAMPLES, '--pairs', samplePairs(folder), '--model', MOBILE_FACE_NET, '--out', out];
  const { code, stderr } = await run('lfw', ...common, '--crop', 'similarity', '--normalise');
  expect(code).toBe(1);
  expect(stderr).toContain('was calibrated on its own crop (arcface), so --crop and --margin must be left out.');
  expect(readdirSync(out)).toEqual([]);
});

test('pictures that cannot be read are counted and named, their pairs left out, and --resume tries only them again', async ({
  folder,
}) => {
  const pairs = samplePairs(folder);
  const images = join(folder, 'images');
  mkdirSync(images, { recursive: true });
  execFileSync('cp', ['-r', join(SAMPLES, 'portraits'), images]);
  const names = readdirSync(join(images, 'portraits')).sort();
  const [cut, empty] = [join(images, 'portraits', names[3]!), join(images, 'portraits', names[9]!)];
  const whole = readFileSync(cut);
  writeFileSync(cut, whole.subarray(0, 3000));
  writeFileSync(empty, '');
  const common = ['--pairs', pairs, '--model', MOBILE_FACE_NET, '--backend', 'wasm', '--batch', '4'];
  const failed = [
    { picture: `portraits/${names[3]}`, error: { code: 'image/truncated' } },
    { picture: `portraits/${names[9]}`, error: { code: 'image/empty' } },
  ];
  const expectLeftOut = ({ code, stdout, stderr }: Ended, out: string): void => {
    expect(code, 'what was left out is no success').toBe(1);
    expect(stderr).toContain(`1 picture is cut off: portraits/${names[3]}`);
    expect(stderr).toContain(`1 picture is empty: portraits/${names[9]}`);
    expect(stdout).toContain('18 pictures, 0 without a face, 2 could not be read');
    // Of 36 pairs each lost picture is in three: with itself, and with both neighbours.
    expect(reportOf(out)).toMatchObject({ pairs: 30, leftOut: 6, pictures: 18, noFace: 0, noFacePictures: [], failed });
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toContain(`| portraits/${names[9]} | portraits/`);
    expect(readFileSync(join(out, 'embeddings.txt'), 'utf8').trim().split('\n')).toHaveLength(16);
  };

  const out = join(folder, 'out');
  expectLeftOut(await run('lfw', ...common, '--images', images, '--out', out), out);
  const expected = resultOf(out);

  const parts = join(folder, 'parts');
  for (const [i, shard] of ['1/2', '2/2'].entries()) {
    const { output } = await runJson('lfw', ...common, '--images', images, '--out', parts, '--shard', shard);
    expect(output).toMatchObject({ failed: [failed[i]] });
  }
  expectLeftOut(await run('lfw', ...common, '--images', images, '--out', parts, '--merge'), parts);
  expect(resultOf(parts)).toEqual(expected);

  writeFileSync(cut, whole);
  const resumed = await run('lfw', ...common, '--images', images, '--out', out, '--resume');
  expect(resumed.code).toBe(1);
  expect(resumed.stderr).toContain('16 of 18 pictures are done already');
  expect(resumed.stderr).not.toContain('cut off');
  expect(reportOf(out)).toMatchObject({ pairs: 33, leftOut: 3, failed: [failed[1]] });
  // What was read before counts no longer where another picture is in its place.
  const replaced = join(images, 'portraits', names[5]!);
  copyFileSync(join(images, 'portraits', names[6]!), replaced); // with whom it stands in a pair of two people
  const other = await run('lfw', ...common, '--images', images, '--out', out, '--resume');
  expect(other.stderr).toContain('1 picture changed since: embedded again.');
  expect(reportOf(out).accuracy.mean, 'it is called another person than it shows').toBeLessThan(1);
  copyFileSync(join(SAMPLES, 'portraits', names[5]!), replaced);
  writeFileSync(empty, readFileSync(join(SAMPLES, 'portraits', names[9]!)));
  const mended = await run('lfw', ...common, '--images', images, '--out', out, '--resume');
  expect(mended.code, mended.stderr).toBe(0);
  const untouched = join(folder, 'untouched');
  await succeed(...common, '--images', SAMPLES, '--out', untouched);
  expect(resultOf(out)).toEqual(resultOf(untouched));
  expect(readdirSync(out)).toEqual(readdirSync(untouched));
});

test('a damaged picture in a zip is left out as in a folder', async ({ folder }) => {
  const pairs = samplePairs(folder);
  const names = readdirSync(join(SAMPLES, 'portraits')).sort();
  const entries = names.map((name, i) => ({
    name: `portraits/${name}`,
    data: new Uint8Array(readFileSync(join(SAMPLES, 'portraits', name))),
    ...(i === 5 && { crc: 1 }),
  }));
  const zip = join(folder, 'faces.zip');
  writeFileSync(zip, makeZip(entries));
  const args = ['--images', zip, '--pairs', pairs, '--model', MOBILE_FACE_NET, '--out', join(folder, 'out')];
  const { code, stderr } = await run('lfw', ...args);
  expect(code).toBe(1);
  expect(stderr).toContain(`1 picture is damaged in the archive: portraits/${names[5]}`);
  expect(reportOf(join(folder, 'out'))).toMatchObject({
    pairs: 33,
    leftOut: 3,
    failed: [{ picture: entries[5]!.name }],
  });
});

test('a picture without a face is embedded from its middle, left out, or an error, as asked', async ({ folder }) => {
  const pairs = samplePairs(folder);
  // A picture in which nothing is found, in one more pair of each fold.
  const images = join(folder, 'images');
  mkdirSync(join(images, 'portraits'), { recursive: true });
  execFileSync('cp', ['-r', join(SAMPLES, 'portraits'), images]);
  writeFileSync(join(images, 'blank.png'), plainPng(64, 64));
  const extra = `${readFileSync(pairs, 'utf8')}blank.png,blank.png,1,0\n`;
  writeFileSync(pairs, extra);
  const common = ['--images', images, '--pairs', pairs, '--model', MOBILE_FACE_NET, '--backend', 'wasm'];
  const out = (policy: string) => join(folder, policy);

  await succeed(...common, '--out', out('middle'));
  expect(reportOf(out('middle'))).toMatchObject({ pairs: 37, leftOut: 0, noFace: 1, noFacePictures: ['blank.png'] });
  await succeed(...common, '--out', out('skip'), '--no-face', 'skip');
  expect(reportOf(out('skip'))).toMatchObject({ pairs: 36, leftOut: 1, noFace: 1, pictures: 19 });
  const failed = await run('lfw', ...common, '--out', out('fail'), '--no-face', 'fail');
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('No face was found in blank.png.');
});
