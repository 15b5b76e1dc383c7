import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint, CheckpointSink, DataPosition } from '../../../src/core/types';
import { FaceError } from '../../../src/core/errors';
import { mulberry32 } from '../../../src/core/random';
import { GraphBuilder } from '../../../src/nn/builder';
import { firstPosition } from '../../../src/train/batches';
import { checkpointPlace } from '../../../src/train/checkpoint';
import { LOSSES, type LossName } from '../../../src/train/config/config';
import { train, type LoggedStep, type TrainOutcome } from '../../../src/train/loop';
import { pictureSamples } from '../../../src/train/samples';
import { disposeState, firstWeights, HEAD } from '../../../src/train/state';
import { registerWasmKernels } from '../../../src/train/wasmKernels';
import { readSafetensors, writeSafetensors } from '../../../src/weights/formats/safetensors';
import { largestError } from '../../fixtures/randomWeights';
import { EVERY, LABELS, MemorySink, SAMPLES, SIZE, STEPS, tinyRun } from '../../fixtures/tinyTraining';

beforeAll(async () => {
  registerWasmKernels();
  await tf.setBackend('wasm');
});

/** SHA-256 of all weights, averages and centres; frees the state. */
function hash({ state }: Pick<TrainOutcome, 'state'>): string {
  const sum = createHash('sha256');
  for (const group of ['weights', 'averages', 'centres'] as const)
    for (const [name, tensor] of [...state[group]].sort(([a], [b]) => (a < b ? -1 : 1)))
      sum.update(name).update(new Uint8Array(Float32Array.from(tensor.dataSync()).buffer));
  disposeState(state);
  return sum.digest('hex');
}

/** What the sink holds after a run that died in step `at`. */
async function killed(loss: LossName, at: number, more = {}): Promise<Checkpoint> {
  const sink = new MemorySink();
  const die = ({ step }: LoggedStep) => {
    if (step === at) throw new Error('killed');
  };
  await expect(train(tinyRun(loss, sink, die, more))).rejects.toThrow('killed');
  return (await sink.latest())!;
}

/** Few triplets a step, so that a pass is longer than a checkpoint's distance. */
const PASSES = { triplet: { margin: 0.5, choice: 'inside-margin', mining: 'pass' }, batch: 6 };

describe.each([...LOSSES.map((loss) => ({ loss, more: {} })), { loss: 'triplet' as const, more: PASSES }])(
  'a run with the loss $loss $more.triplet.mining',
  ({ loss, more }) => {
    it('that was killed and resumed has, bit for bit, the weights of an unbroken one', async () => {
      const whole = hash(await train(tinyRun(loss, new MemorySink(), undefined, more)));
      const random = mulberry32(loss.length);
      for (let i = 0; i < 2; i++) {
        const at = EVERY + 1 + Math.floor(random() * (STEPS - EVERY - 1));
        const steps: number[] = [];
        const sink = new MemorySink(await killed(loss, at, more));
        const resumed = tinyRun(loss, sink, ({ step }) => void steps.push(step), more);
        expect(hash(await train(resumed)), `killed at ${at}`).toBe(whole);
        expect(steps[0]).toBe(EVERY * Math.floor((at - 1) / EVERY) + 1);
        expect(steps.at(-1)).toBe(STEPS);
      }
    });
  },
);

describe('a run that is stopped in order', () => {
  it('by pause, saves the step in progress; resumed from the sink or from memory, it equals the uninterrupted one', async () => {
    const whole = hash(await train(tinyRun('softmax', new MemorySink())));
    for (const inMemory of [false, true]) {
      const sink = new MemorySink();
      const pause = new AbortController();
      const log = ({ step }: LoggedStep) => {
        if (step === 8) pause.abort();
      };
      const first = await train({ ...tinyRun('softmax', sink, log), pause: pause.signal });
      expect(first).toMatchObject({ finished: false, epoch: 1, state: { step: 8 } });
      expect(checkpointPlace((await sink.latest())!).step).toBe(8);
      const rest = await train({ ...tinyRun('softmax', sink), ...(inMemory && { from: first }) });
      if (!inMemory) disposeState(first.state);
      expect(rest).toMatchObject({ finished: true, state: { step: STEPS } });
      expect(hash(rest)).toBe(whole);
    }
  });

  it('after an epoch, for validation on the way', async () => {
    const more = { epochSteps: 10, epochs: 4 };
    const sink = new MemorySink();
    const first = await train({ ...tinyRun('softmax', sink, undefined, more), untilEpoch: 2 });
    expect(first).toMatchObject({ finished: false, epoch: 2, state: { step: 20 } });
    const second = await train({ ...tinyRun('softmax', sink, undefined, more), untilEpoch: 4, from: first });
    expect(second).toMatchObject({ finished: true, epoch: 4, state: { step: 40 } });
    disposeState(second.state);
  });
});

describe('a checkpoint of another run is refused with train/other-run', () => {
  const labels = (change: (label: number, i: number) => number) => LABELS.map(change);
  it.each([
    ['another learning rate', { schedule: { kind: 'table', rates: [[0, 0.01]] } }, {}, 'schedule'],
    ['another optimiser', { optimiser: 'MOM' }, {}, 'optimiser'],
    ['another seed', { seed: 4 }, {}, 'seed'],
    ['more pictures', {}, { labels: Int32Array.of(...LABELS, 1) }, 'number of pictures'],
    ['other people', {}, { labels: labels((label) => (label + 1) % 4) }, 'order of pictures'],
  ])('%s', async (_, more, samples, what) => {
    const sink = new MemorySink(await killed('softmax', 20));
    const run = tinyRun('softmax', sink, undefined, more);
    const before = tf.memory().numTensors;
    const call = train({ ...run, samples: { ...run.samples, ...samples } });
    await expect(call).rejects.toMatchObject({
      code: 'train/other-run',
      details: { what: expect.stringContaining(what) },
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    ['more people', { classes: 5 }, 'Logits/weights'],
    ['less that learns', { trainable: [HEAD.weights, HEAD.biases] }, 'network'],
  ])('%s', async (_, model, what) => {
    const run = tinyRun('softmax', new MemorySink(await killed('softmax', 20)));
    await expect(train({ ...run, model: { ...run.model, ...model } })).rejects.toMatchObject({
      code: 'train/other-run',
      details: { what: expect.stringContaining(what) },
    });
  });

  it('but a longer run continues', async () => {
    const sink = new MemorySink(await killed('softmax', 20));
    const run = tinyRun('softmax', sink, undefined, { epochs: 2, checkpointSteps: 50 });
    const { state } = await train(run);
    expect(state.step).toBe(2 * STEPS);
    disposeState(state);
  });
});

it('no room for a checkpoint: store/full, the one before is kept, and no tensor is', async () => {
  const sink = new MemorySink();
  const full: CheckpointSink = {
    latest: () => sink.latest(),
    async save(checkpoint) {
      if (checkpointPlace(checkpoint).step > EVERY) throw new FaceError('store/full');
      await sink.save(checkpoint);
    },
  };
  const before = tf.memory().numTensors;
  await expect(train(tinyRun('softmax', full))).rejects.toMatchObject({ code: 'store/full' });
  expect(checkpointPlace((await sink.latest())!).step).toBe(EVERY);
  expect(tf.memory().numTensors).toBe(before);
});

it('passes that find no triplet end the run with a sentence', async () => {
  const more = { ...PASSES, triplet: { ...PASSES.triplet, margin: 0, choice: 'semi-hard' } };
  await expect(train(tinyRun('triplet', new MemorySink(), undefined, more))).rejects.toMatchObject({
    code: 'train/too-few',
    details: { reason: expect.stringContaining('no triplet') },
  });
});

interface Meta {
  random: number;
  position: DataPosition;
}
const withMeta = (change: (meta: Meta) => void) => (checkpoint: Checkpoint) => {
  const meta = JSON.parse(checkpoint.meta) as Meta;
  change(meta);
  return { ...checkpoint, meta: JSON.stringify(meta) };
};
const withZeros = (group: string) => (checkpoint: Checkpoint) => {
  const tensors = [...readSafetensors(checkpoint.tensors, 'c')].map(
    ([name, tensor]) =>
      [
        name,
        name.startsWith(group) && tensor.dtype === 'float32' ? { ...tensor, data: tensor.data.map(() => 0) } : tensor,
      ] as const,
  );
  return { ...checkpoint, tensors: writeSafetensors(new Map(tensors)) };
};

it.each([
  ['optimiser slots', withZeros('slots/')],
  ['centres', withZeros('centres/')],
  ['averages', withZeros('averages/')],
  ['random state', withMeta((meta) => (meta.random = 3))],
  [
    'augmentation’s random state',
    withMeta((meta) => (meta.position = { ...meta.position, random: firstPosition(3).random })),
  ],
  ['data position', withMeta((meta) => (meta.position = { ...meta.position, sampler: firstPosition(3).sampler }))],
])('a checkpoint without the %s would be noticed', async (_, spoil) => {
  const whole = hash(await train(tinyRun('softmax', new MemorySink())));
  const spoilt = spoil(await killed('softmax', 20));
  expect(hash(await train(tinyRun('softmax', new MemorySink(spoilt))))).not.toBe(whole);
});

it('learns: the loss falls and the accuracy rises above chance', async () => {
  const steps: LoggedStep[] = [];
  const log = (report: LoggedStep) => void steps.push(report);
  disposeState((await train(tinyRun('softmax', new MemorySink(), log, { epochs: 3 }))).state);
  const mean = (part: readonly LoggedStep[], key: 'loss' | 'accuracy') =>
    part.reduce((sum, report) => sum + report[key]!, 0) / part.length;
  expect(mean(steps.slice(-20), 'loss')).toBeLessThan(mean(steps.slice(0, 20), 'loss') * 0.8);
  expect(mean(steps.slice(-20), 'accuracy')).toBeGreaterThan(0.6);
  expect(Object.keys(steps[0]!.terms)).toEqual(['softmax', 'centre', 'prelogitsNorm', 'weightDecay']);
});

it('leaks no tensor', async () => {
  const before = tf.memory().numTensors;
  for (const loss of LOSSES)
    disposeState(
      (await train(tinyRun(loss, new MemorySink(), undefined, { accumulate: 2, clipNorm: 1, epochSteps: 3 }))).state,
    );
  expect(tf.memory().numTensors).toBe(before);
});

it('two batches of half the size, accumulated, make the step of one whole batch', async () => {
  const g = new GraphBuilder('plain');
  const conv = g.conv('c', g.input('x', [1, SIZE, SIZE, 3]), { kernel: [3, 3], out: 5 });
  const graph = g.graph([g.add('p', conv, { op: 'globalAvgPool' })]);
  const weights = firstWeights(graph, mulberry32(1));
  const run = async (more: object) => {
    const base = tinyRun('softmax', new MemorySink(), undefined, { ...more, centreLoss: 0, epochSteps: 3 });
    const trainable = [...weights.keys(), HEAD.weights, HEAD.biases];
    const { state } = await train({ ...base, weights, model: { graph, classes: 4, trainable } });
    const values = [...state.weights.values()].flatMap((tensor) => [...tensor.dataSync()]);
    disposeState(state);
    return values;
  };
  const [whole, halves] = [await run({ batch: 8 }), await run({ batch: 4, accumulate: 2 })];
  expect(largestError(halves, whole)).toBeLessThan(1e-6);
});

it('a loss that is not a number stops the run, and the last good checkpoint stays', async () => {
  const sink = new MemorySink();
  const run = tinyRun('softmax', sink);
  const spoilt = SAMPLES.map(({ label, crop }) => ({
    label,
    crop: async () => {
      const { size, data } = await crop();
      return { size, data: reads++ > 7 * 20 ? data.map(() => NaN) : data };
    },
  }));
  let reads = 0;
  await expect(train({ ...run, samples: pictureSamples(spoilt, SIZE, run.config.augment) })).rejects.toThrow(
    expect.objectContaining({ code: 'train/diverged' }),
  );
  const { meta, tensors } = (await sink.latest())!;
  expect((JSON.parse(meta) as { step: number }).step).toBe(18);
  for (const tensor of readSafetensors(tensors, 'c').values())
    if (tensor.dtype === 'float32') expect(tensor.data.every(Number.isFinite)).toBe(true);
});

it('an aborted run throws `aborted`', async () => {
  const controller = new AbortController();
  const run = tinyRun('softmax', new MemorySink(), ({ step }) => {
    if (step === 4) controller.abort();
  });
  await expect(train({ ...run, signal: controller.signal })).rejects.toThrow(
    expect.objectContaining({ code: 'aborted' }),
  );
});

it.each([
  ['{', 'JSON'],
  ['{"version":2}', 'version'],
  ['{"version":1,"step":3}', 'position'],
  ['{"version":1,"step":3,"random":1,"position":{"random":1,"sampler":{"random":1,"position":1}}}', 'data'],
])('a damaged checkpoint is refused: %s', async (meta, reason) => {
  const sink = new MemorySink({ meta, tensors: writeSafetensors(new Map()) });
  await expect(train(tinyRun('softmax', sink))).rejects.toThrow(reason);
});
