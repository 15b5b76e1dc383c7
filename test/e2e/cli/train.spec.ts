import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainReport } from '../../../src/harness/cli/train/report';
import { expect, run, runJson, start, test } from './command';
import { plainPng } from './plainPng';

/** A network small enough for a test: a twentieth of the channels, 75 pixels, a few steps. */
const TINY = ['--width', '0.05', '--size', '75', '--epochs', '4'];

/** “People” who differ at a glance: four plain pictures of about one grey each. */
function greyFolders(folder: string): string {
  for (const [name, grey] of Object.entries({ bright: 200, dark: 20, middle: 110 })) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < 4; i++) writeFileSync(join(folder, name, `${i}.png`), plainPng(75, 75, grey + 5 * i));
  }
  return folder;
}

function lines(folder: string): { step: number; epoch: number; loss: number }[] {
  const text = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: number; epoch: number; loss: number });
}

test('a run that was killed resumes from its checkpoint and ends as the unbroken one', async ({ folder }) => {
  const data = greyFolders(join(folder, 'people'));
  const config = join(folder, 'run.json');
  writeFileSync(config, JSON.stringify({ batch: 4, checkpointSteps: 2 }));
  const common = ['train', '--data', data, '--aligned', '--config', config, ...TINY];

  const whole = join(folder, 'whole');
  const { code, stderr, output } = await runJson<TrainReport>(...common, '--out', whole);
  expect(code, stderr).toBe(0);
  expect(output).toMatchObject({ backend: 'wasm', adapter: null, people: 3, noFace: 0, epochs: 4 });
  expect(output.pictures + output.heldOut).toBe(12);
  expect(output.steps).toBe(lines(whole).length);
  expect(output.before).toMatchObject({ far: 0.001, impostorsAccepted: null });
  expect(output.after.accuracy).toBeGreaterThanOrEqual(0);
  expect(JSON.parse(readFileSync(join(whole, 'report.json'), 'utf8'))).toEqual(output);
  expect(readFileSync(join(whole, 'epochs.csv'), 'utf8').trim().split('\n')).toHaveLength(1 + 4);

  const cut = join(folder, 'cut');
  const broken = start(...common, '--out', cut);
  await expect.poll(() => existsSync(join(cut, 'checkpoint.bin')), { timeout: 90_000 }).toBe(true);
  broken.child.kill('SIGKILL');
  await broken.ended;
  expect((await run(...common, '--out', cut)).stderr).toContain('holds an unfinished run');
  // Another name is another class number, and another picture is another one to train on.
  renameSync(join(data, 'dark'), join(data, 'obscure'));
  const renamed = await run(...common, '--out', cut, '--resume');
  expect(renamed).toMatchObject({ code: 1, stderr: expect.stringContaining('dark is now called obscure.') });
  renameSync(join(data, 'obscure'), join(data, 'dark'));
  const [picture, away] = [join(data, 'middle', '2.png'), join(folder, 'away.png')];
  renameSync(picture, away);
  cpSync(join(data, 'dark', '0.png'), picture);
  const replaced = await run(...common, '--out', cut, '--resume');
  expect(replaced.stderr).toContain('1 picture is replaced by another: middle/2.png.');
  renameSync(away, picture);
  mkdirSync(join(data, 'other'));
  cpSync(picture, join(data, 'other', '0.png'));
  const added = await run(...common, '--out', cut, '--resume');
  expect(added.stderr).toContain('other is new.');
  expect(added.stderr, 'nobody set one').not.toContain('batch');
  rmSync(join(data, 'other'), { recursive: true });
  utimesSync(picture, new Date(), new Date());
  const again = await runJson<TrainReport>(...common, '--out', cut, '--resume');
  expect(again.code, again.stderr).toBe(0);
  expect(again.output.model, 'the very same weights').toBe(output.model);
  expect(lines(cut).map(({ step, loss }) => [step, loss])).toEqual(lines(whole).map(({ step, loss }) => [step, loss]));

  const used = await run('compare', '--aligned', '--model', join(cut, 'model.safetensors'), ...faces(data));
  expect(used.code, used.stderr).toBe(0);
});

test('Ctrl-C saves the step it came in, and the run resumes from there', async ({ folder }) => {
  const data = greyFolders(join(folder, 'people'));
  const config = join(folder, 'run.json');
  writeFileSync(
    config,
    JSON.stringify({ batch: 4, checkpointSteps: 1_000_000, schedule: { kind: 'table', rates: [[0, 0.05]] } }),
  );
  const out = join(folder, 'out');
  const common = ['train', '--data', data, '--aligned', '--config', config, ...TINY, '--out', out];
  const stopped = start(...common, '--epochs', '100000');
  await expect.poll(() => existsSync(join(out, 'metrics.jsonl')), { timeout: 90_000, intervals: [20] }).toBe(true);
  stopped.child.kill('SIGINT');
  const { code, stderr } = await stopped.ended;
  expect(code, stderr).toBe(130);
  const step = Number(/stopped after step (\d+), and nothing is lost: continue with --resume/.exec(stderr)?.[1]);
  const before = lines(out);
  expect(before).toHaveLength(step);

  const perEpoch = lines(out).filter(({ epoch }) => epoch === 1).length;
  const epochs = Math.floor(step / perEpoch) + 1;
  const again = await runJson<TrainReport>(...common, '--epochs', `${epochs}`, '--resume');
  expect(again.code, again.stderr).toBe(0);
  expect(again.output.steps).toBe(epochs * perEpoch);
  expect(lines(out).slice(0, step), 'no step was made twice').toEqual(before);
});

function faces(data: string): string[] {
  return ['bright', 'dark'].map((person) => join(data, person, '0.png'));
}

test('the full-width network makes the steps of the small recipe; a picture that cannot be read is named and left out', async ({
  folder,
}) => {
  const data = greyFolders(join(folder, 'people'));
  const broken = join(data, 'dark', 'broken.png');
  writeFileSync(broken, readFileSync(join(data, 'dark', '0.png')).subarray(0, 60));
  const recipe = ['--config', 'recipes/ci.json', '--epochs', '1', '--hold-out', '0.5'];
  const { code, stderr, output } = await runJson<TrainReport>(
    ...['train', '--data', data, '--aligned', ...recipe, '--out', join(folder, 'out')],
  );
  expect(code, 'one picture failed').toBe(1);
  expect(stderr).toContain(`${broken} is cut off`);
  expect(stderr).toMatch(/2[123],\d{3},\d{3} of 2[123],\d{3},\d{3} weights are trained/);
  expect(output).toMatchObject({ people: 3, steps: 2 });
  expect(output.pictures + output.heldOut).toBe(12);
  expect(lines(join(folder, 'out')).map(({ loss }) => Number.isFinite(loss))).toEqual([true, true]);
});

test('a schedule file ends the run, LFW and whole persons evaluate it where that is asked, and what it made is fine-tuned', async ({
  folder,
}) => {
  const data = greyFolders(join(folder, 'people'));
  const schedule = join(folder, 'rates.txt');
  writeFileSync(schedule, '0: 0.05\n2: -1\n');
  cpSync(join(data, 'dark'), join(data, 'too-dark'), { recursive: true });
  const pairs = join(folder, 'pairs.csv');
  const people = [0, 1].flatMap((fold) => [`bright/${fold},bright/2,1,${fold}`, `bright/${fold},dark/2,0,${fold}`]);
  // One that cannot be read is left out of the validation, as it is of the training.
  const broken = join(data, 'dark', 'broken.png');
  writeFileSync(broken, readFileSync(join(data, 'dark', '0.png')).subarray(0, 60));
  writeFileSync(pairs, [...people, 'dark/broken,dark/2,1,0'].join('\n'));
  const lfw = ['--lfw', data, '--pairs', pairs];
  const asked = ['--schedule', schedule, '--hold-out-people', '--hold-out', '0.5', ...lfw];
  const { code, stderr, output } = await runJson<TrainReport>(
    ...['train', '--data', data, '--aligned', ...TINY, ...asked, '--out', join(folder, 'out')],
  );
  expect(code, stderr).toBe(1);
  expect(stderr).toContain(`${broken} is cut off`);
  rmSync(broken);
  expect(output).toMatchObject({ people: 2, pictures: 8, heldOut: 8, epochs: 1, after: { accuracy: null } });
  expect(output.after.val).not.toBeNull();
  expect(output).not.toHaveProperty('rawPixels');
  const measured = { accuracy: expect.any(Number), val: expect.any(Number), far: 0.001, pairs: 4 };
  expect(output.lfw).toEqual({ rawPixels: measured, before: measured, after: measured });
  const onTheWay = lines(join(folder, 'out')).filter((line) => 'lfw' in line);
  expect(onTheWay).toEqual([{ step: output.steps, epoch: 1, lfw: output.lfw?.after }]);

  const impostors = join(folder, 'impostors');
  for (const [name, grey] of Object.entries({ pale: 240, grey: 150 })) {
    mkdirSync(join(impostors, name), { recursive: true });
    for (const i of [0, 1]) writeFileSync(join(impostors, name, `${i}.png`), plainPng(75, 75, grey + i));
  }
  const out = join(folder, 'tuned');
  const tuned = await runJson<TrainReport>(
    ...['finetune', '--model', join(folder, 'out', 'model.safetensors'), '--data', data, '--aligned'],
    ...['--impostors', impostors, '--trainable', 'head', '--epochs', '2', '--far', '0.5', '--out', out],
  );
  expect(tuned.code, tuned.stderr).toBe(0);
  const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as TrainReport;
  expect(report).toEqual(tuned.output);
  expect(Object.keys(report)).toEqual([
    ...['model', 'backend', 'adapter', 'people', 'pictures', 'heldOut', 'impostors', 'noFace', 'steps', 'epochs'],
    ...['seconds', 'imagesPerSecond', 'before', 'after', 'evened', 'accepted'],
  ]);
  for (const measured of [report.before, report.after]) {
    expect(Object.keys(measured)).toEqual(['accuracy', 'val', 'far', 'impostorsVal', 'impostorsAccepted']);
    expect(Object.values(measured).every((value) => value !== null && value >= 0 && value <= 1)).toBe(true);
  }
  expect(report.evened, 'what it began with is from scratch').toEqual({ by: 'nothing' });
  expect(report).toMatchObject({ people: 4, pictures: 8, heldOut: 8, impostors: 4, noFace: 0, epochs: 2 });
});

test('what cannot be trained on is said in a sentence', async ({ folder }) => {
  const data = greyFolders(join(folder, 'people'));
  const config = join(folder, 'bad.json');
  writeFileSync(config, JSON.stringify({ learningRate: 1 }));
  const common = ['train', '--aligned', ...TINY, '--out'];
  const unknown = await run(...common, join(folder, 'a'), '--data', data, '--config', config);
  expect(unknown).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no option called learningRate.'),
  });

  const one = join(folder, 'one');
  cpSync(join(data, 'dark'), join(one, 'dark'), { recursive: true });
  const alone = await run(...common, join(folder, 'b'), '--data', one);
  expect(alone.code).toBe(1);
  expect(alone.stderr).toContain('There is too little to train on');

  const noneJudges = await run(...common, join(folder, 'c'), '--data', data, '--train-images', '2');
  expect(noneJudges).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^There are too few pairs to evaluate on/),
  });
});
