import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunFolder } from '../../../../../src/harness/cli/train/runFolder';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'run-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const step = (number: number, loss = number) => {
  const rest = { terms: {}, gradientNorm: 1, rate: 0.1, accuracy: 1, imagesPerSecond: 5 };
  return { step: number, epoch: Math.ceil(number / 2), loss, ...rest };
};
const lfw = (accuracy: number) => ({ step: 4, epoch: 2, lfw: { accuracy, val: 0.1, far: 1e-3, pairs: 9 } });
const metrics = (run: RunFolder) =>
  run
    .lines()
    .then((lines) => lines.map((line) => ('lfw' in line ? `LFW ${line.lfw.accuracy}` : `${line.step}: ${line.loss}`)));

/** A run of four steps and LFW that was killed while it wrote a fifth. */
async function killed(): Promise<void> {
  const run = await RunFolder.open(folder, {}, false);
  for (const number of [1, 2, 3, 4]) void run.addStep(step(number));
  await run.addLfw(lfw(0.6));
  writeFileSync(run.checkpoint, 'a checkpoint');
  appendFileSync(run.metrics, '{"step":5,"lo');
}

test('a run that resumes repeats the steps since its checkpoint in their place', async () => {
  await killed();
  const run = await RunFolder.open(folder, {}, true);
  expect(await metrics(run), 'a line that was cut off is none').toEqual(['1: 1', '2: 2', '3: 3', '4: 4', 'LFW 0.6']);
  await run.addStep(step(3, 30));
  await run.addStep(step(4, 40));
  expect(await metrics(run)).toEqual(['1: 1', '2: 2', '3: 30', '4: 40']);
});

test('a run that was at its end loses no step when only LFW is looked at again', async () => {
  await killed();
  const run = await RunFolder.open(folder, {}, true);
  await run.addLfw(lfw(0.7));
  expect(await metrics(run)).toEqual(['1: 1', '2: 2', '3: 3', '4: 4', 'LFW 0.7']);
  await run.writeReport({ accepted: true });
  expect(readFileSync(join(folder, 'epochs.csv'), 'utf8').split('\n')[2]).toBe('2,2,3.5000,1.0000,5.0,0.7000,0.1000');
  expect(readFileSync(join(folder, 'curve.svg'), 'utf8')).toContain('LFW accuracy');
  expect(JSON.parse(readFileSync(run.report, 'utf8'))).toEqual({ accepted: true });
});

test('a folder with a run that nobody asked to resume is left as it is; a new run begins with empty metrics', async () => {
  await killed();
  await expect(RunFolder.open(folder, {}, false)).rejects.toThrow(
    expect.objectContaining({ code: 'train/unfinished' }),
  );
  const run = await RunFolder.open(folder, {}, true);
  rmSync(run.checkpoint);
  expect(await metrics(await RunFolder.open(folder, {}, false))).toEqual([]);
});

test('a run continues only with the flags it started with; it may become longer or change its backend', async () => {
  const flags = { command: 'train', size: 160, width: 0.5, holdOut: 0.3, epochs: 4, backend: 'auto' };
  writeFileSync((await RunFolder.open(folder, flags, false)).checkpoint, 'a checkpoint');
  const open = (changed: object) => RunFolder.open(folder, { ...flags, ...changed }, true);
  await open({ epochs: 9, backend: 'wasm', resume: true });
  await expect(open({ size: 96 })).rejects.toThrow(/to a run with another --size \(160, not 96\)/);
  await expect(open({ command: 'finetune', model: 'mine.safetensors' })).rejects.toThrow(/another command/);
  await expect(open({ model: 'mine.safetensors' })).rejects.toThrow(/--model \(none, not mine.safetensors\)/);
  await open({}); // what was refused has changed nothing
  writeFileSync(join(folder, 'run.json'), '{"comm');
  await open({});
});

test('metrics that cannot be written are said when the run asks for them, and break nothing before', async () => {
  const run = await RunFolder.open(folder, {}, false);
  mkdirSync(run.metrics);
  run.addStep(step(1)).catch(() => undefined);
  await expect(run.written()).rejects.toMatchObject({ code: 'train/not-saved' });
  await expect(run.written()).rejects.toThrow('continue with --resume');
});
