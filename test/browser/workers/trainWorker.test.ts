import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { TrainThread } from '../../../src/client/trainThread';
import type { CheckpointSink, Checkpoint } from '../../../src/core/types';
import { FaceError } from '../../../src/core/errors';
import { mulberry32 } from '../../../src/core/random';
import { openStore } from '../../../src/store/store';
import { firstWeights, HEAD } from '../../../src/train/state';
import { COHORT_CENTRES } from '../../../src/weights/cohorts';
import { readSafetensors } from '../../../src/weights/formats/safetensors';
import { describeTrained, readTrained, trainedInfo } from '../../../src/weights/trained';
import type { LoggedStep, PixelCrop, Trainable, TrainPlan } from '../../../workers/trainProtocol';
import { crop, EVERY, LABELS, MemorySink, STEPS, tinyConfig, tinyGraph } from '../../fixtures/tinyTraining';
import { OWN_COHORT, SMALL, smallWeights, withCentres } from '../../fixtures/trainedModel';

const PEOPLE = ['Ada', 'Bo', 'Cy', 'Di'];
const GRAPH = tinyGraph();
const WEIGHTS = firstWeights(GRAPH, mulberry32(1));

const clients: TrainThread[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** For all tests that need no worker of their own: starting one takes a second. */
let shared: TrainThread | undefined;
async function sharedClient(): Promise<TrainThread> {
  if (!shared) {
    shared = new TrainThread();
    await shared.call('start', { backend: 'wasm' });
  }
  await shared.call('dispose', {});
  return shared;
}
afterAll(() => shared?.close());

async function pixels(sample: number): Promise<PixelCrop> {
  const { size, data } = await crop(sample);
  return { size, data: Uint8Array.from(data, (value) => Math.min(255, Math.max(0, value))) };
}
const pictures = Promise.all([...LABELS.keys()].map(pixels));

async function newClient(): Promise<TrainThread> {
  const client = new TrainThread();
  clients.push(client);
  await client.call('start', { backend: 'wasm' });
  return client;
}
async function started(from = sharedClient): Promise<TrainThread> {
  const client = await from();
  await client.call('addPictures', { set: 'train', pictures: await pictures, labels: [...LABELS] });
  return client;
}

interface Setup {
  readonly trainable?: Trainable;
  readonly more?: object;
  readonly people?: readonly string[];
}
function prepare(
  client: TrainThread,
  { trainable = 'all', more = {}, people = PEOPLE }: Setup = {},
): Promise<TrainPlan> {
  return client.call('prepare', {
    base: { kind: 'graph', graph: GRAPH, weights: WEIGHTS, cuts: ['r1'] },
    trainable,
    config: tinyConfig('softmax', more),
    people,
  });
}
async function ready(setup?: Setup, from = sharedClient): Promise<TrainThread> {
  const client = await started(from);
  await prepare(client, setup);
  return client;
}

async function sha256(client: TrainThread): Promise<string> {
  const { bytes } = await client.call('weights', { averaged: true });
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].join();
}
const unbroken = new Map<string, Promise<string>>();
/** The trained weights of an undisturbed run. */
function whole(setup: Setup = {}): Promise<string> {
  const key = JSON.stringify(setup);
  const known =
    unbroken.get(key) ??
    (async () => {
      const client = await ready(setup);
      await client.train({ sink: new MemorySink() });
      return sha256(client);
    })();
  unbroken.set(key, known);
  return known;
}

const FROZEN: Setup = { trainable: { after: 'r1' }, more: { augment: { flip: true } } };
const HEAD_ONLY: Setup = { trainable: 'head', more: { augment: {} } };

describe.each([
  ['the whole network', {}],
  ['what comes after a cut', FROZEN],
  ['only the head', HEAD_ONLY],
] as const)('training %s in the worker', (_, setup) => {
  test('aborted in the middle and resumed in a new worker, it trains the same weights, bit for bit', async () => {
    const sink = new MemorySink();
    const first = await ready(setup, newClient);
    const stop = new AbortController();
    const steps: number[] = [];
    const onStep = ({ step }: LoggedStep) => {
      steps.push(step);
      if (step === EVERY + 3) stop.abort();
    };
    await expect(first.train({ sink, onStep, signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' });
    first.close();

    const expected = await whole(setup);
    const second = await ready(setup);
    const rest: number[] = [];
    const result = await second.train({ sink, onStep: ({ step }) => rest.push(step) });
    expect(result).toEqual({ step: STEPS, epoch: 1, finished: true });
    expect(rest[0]).toBeLessThanOrEqual(EVERY + 4);
    expect(rest[0]! % EVERY).toBe(1);
    expect(rest.at(-1)).toBe(STEPS);
    expect(await sha256(second)).toBe(expected);
  });
});

test('paused, it has saved the step in progress; it resumes in the same worker and equals the unbroken run', async () => {
  const expected = await whole();
  const client = await ready();
  const sink = new MemorySink();
  let asked: Promise<void> | undefined;
  const result = await client.train({
    sink,
    onStep: ({ step }) => {
      if (step === 8) asked ??= client.pause();
    },
  });
  await asked;
  expect(result.finished).toBe(false);
  expect(result.step).toBeGreaterThanOrEqual(8);
  expect(JSON.parse((await sink.latest())!.meta)).toMatchObject({ step: result.step });
  expect(await client.train({ sink })).toMatchObject({ finished: true, step: STEPS });
  expect(await sha256(client)).toBe(expected);
});

test('paused while the frozen part still runs, nothing is trained yet and it resumes from there', async () => {
  const expected = await whole(FROZEN);
  const client = await ready(FROZEN);
  const sink = new MemorySink();
  let asked: Promise<void> | undefined;
  const result = await client.train({ sink, onProgress: () => void (asked ??= client.pause()) });
  await asked;
  expect(result).toEqual({ step: 0, epoch: 1, finished: false });
  expect(await sink.latest()).toBeNull();
  expect(await client.train({ sink })).toMatchObject({ finished: true, step: STEPS });
  expect(await sha256(client)).toBe(expected);
});

test('checkpoints go to the store, and a new worker resumes from them', async () => {
  const runId = crypto.randomUUID();
  const store = await openStore();
  const setup = { more: { epochSteps: 10, epochs: 4 } };
  const first = await ready(setup, newClient);
  expect(await first.train({ sink: { runId }, untilEpoch: 2 })).toEqual({ step: 20, epoch: 2, finished: false });
  first.close();
  expect(JSON.parse((await store.training.sink(runId).meta())!)).toMatchObject({ step: 20 });
  const expected = await whole(setup);
  const second = await ready(setup);
  const steps: number[] = [];
  await second.train({ sink: { runId }, onStep: ({ step }) => steps.push(step) });
  expect(steps[0]).toBe(21);
  expect(await sha256(second)).toBe(expected);
  await store.training.removeCheckpoint(runId);
  store.close();
});

test('frozen weights stay as they were, and the frozen part runs once for each picture and flipped copy', async () => {
  const client = await started();
  const plan = await prepare(client, FROZEN);
  expect(plan).toMatchObject({ frozenUntil: 'r1', cached: true, cuts: ['r1'], stepsPerEpoch: STEPS, notes: [] });
  expect(plan.trainableParameters).toBeLessThan(plan.parameters);
  const stages: number[] = [];
  const onProgress = ({ done, total }: { done: number; total: number }) => void stages.push(done, total);
  await client.train({ sink: new MemorySink(), onProgress });
  expect(Math.max(...stages)).toBe(2 * LABELS.length);
  const { bytes, people } = await client.call('weights', { averaged: true });
  const weights = readSafetensors(bytes, 'weights');
  expect(people).toEqual(PEOPLE);
  expect(weights.get(HEAD.weights)!.shape).toEqual([4, 5]);
  for (const name of WEIGHTS.keys()) {
    const same = JSON.stringify([...weights.get(name)!.data]) === JSON.stringify([...WEIGHTS.get(name)!.data]);
    expect(same, name).toBe(name.startsWith('c1'));
  }
});

test('the report holds old against new; the trained head names the held-out pictures where only it was trained', async () => {
  const client = await started();
  const heldOut = await Promise.all(Array.from({ length: 8 }, (_, i) => pixels(100 + i)));
  await client.call('addPictures', { set: 'heldOut', pictures: heldOut, labels: [0, 1, 2, 3, 0, 1, 2, 3] });
  const others = await Promise.all(Array.from({ length: 8 }, (_, i) => pixels(200 + i)));
  await client.call('addPictures', { set: 'impostors', pictures: others, labels: [0, 1, 2, 3, 4, 5, 6, 7] });
  await prepare(client, { trainable: 'head', more: { augment: {}, epochs: 5, averageDecay: 0 } });
  await client.train({ sink: new MemorySink() });
  const { before, after } = await client.call('evaluate', { far: 0.1 });
  expect(before).toMatchObject({ namedBy: 'nearest', thresholdFrom: 'impostors', impostorPairs: 28 });
  expect(after).toMatchObject({ namedBy: 'head', threshold: before.threshold, val: before.val });
  expect(after.accuracy).toBeGreaterThanOrEqual(0.75);
  const embedded = await client.call('embed', { which: 'after', pictures: 'heldOut' });
  expect([embedded.rows, embedded.columns]).toEqual([8, 5]);
  for (let row = 0; row < 8; row++)
    expect(Math.hypot(...embedded.data.subarray(5 * row, 5 * row + 5))).toBeCloseTo(1, 5);
  const own = await client.call('embed', { which: 'after', pictures: heldOut.slice(2, 4) });
  expect([...own.data]).toEqual([...embedded.data.subarray(10, 20)]);
});

test('a cohort in the file that a run began with is mapped with the training, and is kept with a head alone', async () => {
  const client = await started();
  const heldOut = await Promise.all(Array.from({ length: 8 }, (_, i) => pixels(100 + i)));
  await client.call('addPictures', { set: 'heldOut', pictures: heldOut, labels: [0, 1, 2, 3, 0, 1, 2, 3] });
  const bytes = withCentres(smallWeights(true));
  const own = await describeTrained(bytes, await trainedInfo(bytes, { ...SMALL, cohort: { own: OWN_COHORT } }));
  const request = {
    base: { kind: 'weights', bytes: own, size: SMALL.inputSize },
    config: { batch: 4, epochSteps: 2, epochs: 1, schedule: { kind: 'table', rates: [[0, 1e-4]] }, augment: {} },
    people: PEOPLE,
  } as const;
  await client.call('prepare', { ...request, trainable: 'head' });
  await client.train({ sink: new MemorySink() });
  expect((await client.call('evaluate', { far: 0.1 })).evened).toEqual({ by: 'base' });
  const sameFaces = await client.call('weights', { averaged: false });
  expect(sameFaces.cohort).toEqual({ own: OWN_COHORT });
  expect(readSafetensors(sameFaces.bytes, 'x').get(COHORT_CENTRES)).toMatchObject({ dtype: 'int8', shape: [4, 16] });

  await client.call('prepare', { ...request, trainable: 'last-blocks' });
  await client.train({ sink: new MemorySink() });
  const { evened, after } = await client.call('evaluate', { far: 0.1 });
  expect(evened).toMatchObject({ by: 'map', checked: 8, estimatedBelow: expect.any(Number) });
  expect((evened as { agreement: number }).agreement).toBeGreaterThan(0.9);
  expect(after.threshold, 'normalised').not.toBe(after.plainThreshold);
  const moved = await client.call('weights', { averaged: false });
  const info = await trainedInfo(moved.bytes, { ...SMALL, cohort: moved.cohort });
  const read = await readTrained(await describeTrained(moved.bytes, info), 'moved');
  expect(read.info.cohort).toMatchObject({ own: { nearest: 2, power: OWN_COHORT.power } }); // moved before: raised then
});

describe('what cannot be trained is said so', () => {
  const few = async (labels: readonly number[], chosen: readonly number[], more = {}) => {
    const client = await sharedClient();
    const all = await pictures;
    await client.call('addPictures', { set: 'train', pictures: chosen.map((i) => all[i]!), labels });
    return prepare(client, { more });
  };
  test.each([
    ['one person only', [0, 0, 0], [0, 1, 2], 'only one person'],
    ['one picture a person', [0, 1, 2], [0, 1, 2], 'only one picture'],
    ['every person’s pictures identical', [0, 0, 1, 1], [3, 3, 5, 5], 'the same one'],
  ])('%s', async (_, labels, chosen, reason) => {
    await expect(few(labels, chosen)).rejects.toMatchObject({
      code: 'train/too-few',
      details: { reason: expect.stringContaining(reason) },
    });
  });

  test('one person’s pictures identical: a note, and training continues', async () => {
    const { notes } = await few([0, 0, 1, 1, 2], [3, 3, 4, 5, 6]);
    expect(notes).toEqual(['All 2 pictures of Ada are the same one.', 'There is only one picture of Cy.']);
  });

  test.each([
    [{ optimizer: 'ADAM' }, 'config/unknown-key'],
    [{ batch: 0 }, 'config/bad-value'],
    [{ embeddingSize: 6 }, 'config/bad-value'],
  ])('%j', async (more, code) => {
    await expect(prepare(await started(), { more })).rejects.toMatchObject({ code });
  });

  test('a cut that there is not, a training before there is a run', async () => {
    const client = await started();
    await expect(prepare(client, { trainable: { after: 'c9' } })).rejects.toMatchObject({ code: 'config/bad-value' });
    await expect(client.train({ sink: new MemorySink() })).rejects.toMatchObject({ code: 'train/not-prepared' });
  });
});

test('a sink that is full stops the run with store/full; the checkpoint before is kept and serves', async () => {
  const kept = new MemorySink();
  let room = 2;
  const full: CheckpointSink = {
    latest: () => kept.latest(),
    async save(checkpoint: Checkpoint) {
      if (room-- <= 0) throw new FaceError('store/full');
      await kept.save(checkpoint);
    },
  };
  const expected = await whole();
  const client = await ready();
  await expect(client.train({ sink: full })).rejects.toMatchObject({ code: 'store/full' });
  expect(JSON.parse((await kept.latest())!.meta)).toMatchObject({ step: 2 * EVERY });
  expect(await client.train({ sink: kept })).toMatchObject({ finished: true });
  expect(await sha256(client)).toBe(expected);
});

test('a run that diverges stops with train/diverged, and the last good checkpoint is kept', async () => {
  const client = await ready({
    more: { schedule: { kind: 'table', rates: [[0, 1e12]] }, optimiser: 'MOM', checkpointSteps: 1 },
  });
  const sink = new MemorySink();
  await expect(client.train({ sink })).rejects.toMatchObject({ code: 'train/diverged' });
  const stored = await sink.latest();
  if (stored)
    for (const [name, tensor] of readSafetensors(stored.tensors, 'checkpoint'))
      if (tensor.dtype === 'float32') expect(tensor.data.every(Number.isFinite), name).toBe(true);
});

test('memory does not grow from run to run', async () => {
  const client = await started();
  const tensors: number[] = [];
  for (let i = 0; i < 3; i++) {
    await prepare(client, FROZEN);
    await client.train({ sink: new MemorySink() });
    await client.call('evaluate', { far: 0.1 }).catch(() => {}); // there are no held-out pictures
    tensors.push((await client.call('memory', {})).tensors);
  }
  expect(tensors[2]).toBe(tensors[1]);
  await client.call('dispose', {});
  expect((await client.call('memory', {})).tensors).toBe(0);
});
