import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StoredCheckpoint } from '../../../src/core/checkpoint';
import { mulberry32 } from '../../../src/core/random';
import { GraphBuilder } from '../../../src/nn/builder';
import { firstPosition, type DataPosition } from '../../../src/train/batches';
import { LOSSES, type LossName } from '../../../src/train/config';
import { train, type LoggedStep } from '../../../src/train/loop';
import { disposeState, firstWeights, HEAD, type TrainState } from '../../../src/train/state';
import { registerWasmKernels } from '../../../src/train/wasmKernels';
import { readSafetensors, writeSafetensors } from '../../../src/weights/formats/safetensors';
import { largestError } from '../../fixtures/randomWeights';
import { crop, EVERY, LABELS, MemorySink, SIZE, STEPS, tinyRun } from '../../fixtures/tinyTraining';

beforeAll(async () => {
  registerWasmKernels();
  await tf.setBackend('wasm');
});

/** SHA-256 of all weights, averages and centres; frees the state. */
function hash(state: TrainState): string {
  const sum = createHash('sha256');
  for (const group of ['weights', 'averages', 'centres'] as const)
    for (const [name, tensor] of [...state[group]].sort(([a], [b]) => (a < b ? -1 : 1)))
      sum.update(name).update(new Uint8Array(Float32Array.from(tensor.dataSync()).buffer));
  disposeState(state);
  return sum.digest('hex');
}

/** What the sink holds after a run that died in step `at`. */
async function killed(loss: LossName, at: number): Promise<StoredCheckpoint> {
  const sink = new MemorySink();
  const die = ({ step }: LoggedStep) => {
    if (step === at) throw new Error('killed');
  };
  await expect(train(tinyRun(loss, sink, die))).rejects.toThrow('killed');
  return (await sink.latest())!;
}

describe.each(LOSSES)('a run with the loss %s', (loss) => {
  it('that was killed and resumed has, bit for bit, the weights of an unbroken one', async () => {
    const whole = hash(await train(tinyRun(loss, new MemorySink())));
    const random = mulberry32(loss.length);
    for (let i = 0; i < 2; i++) {
      const at = EVERY + 1 + Math.floor(random() * (STEPS - EVERY - 1));
      const steps: number[] = [];
      const resumed = tinyRun(loss, new MemorySink(await killed(loss, at)), ({ step }) => void steps.push(step));
      expect(hash(await train(resumed)), `killed at ${at}`).toBe(whole);
      expect(steps[0]).toBe(EVERY * Math.floor((at - 1) / EVERY) + 1);
      expect(steps.at(-1)).toBe(STEPS);
    }
  });
});

interface Meta {
  random: number;
  position: DataPosition;
}
const withMeta = (change: (meta: Meta) => void) => (checkpoint: StoredCheckpoint) => {
  const meta = JSON.parse(checkpoint.meta) as Meta;
  change(meta);
  return { ...checkpoint, meta: JSON.stringify(meta) };
};
const withZeros = (group: string) => (checkpoint: StoredCheckpoint) => {
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
  disposeState(await train(tinyRun('softmax', new MemorySink(), (report) => void steps.push(report), { epochs: 3 })));
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
      await train(tinyRun(loss, new MemorySink(), undefined, { accumulate: 2, clipNorm: 1, epochSteps: 3 })),
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
    const state = await train({ ...base, weights, model: { graph, classes: 4, trainable } });
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
  const spoilt = async (sample: number) => {
    const { size, data } = await crop(sample);
    return { size, data: reads++ > 7 * 20 ? data.map(() => NaN) : data };
  };
  let reads = 0;
  await expect(train({ ...run, samples: { labels: LABELS, crop: spoilt } })).rejects.toThrow(
    expect.objectContaining({ code: 'train/diverged' }),
  );
  const { meta, tensors } = (await sink.latest())!;
  expect((JSON.parse(meta) as { step: number }).step).toBe(18);
  for (const tensor of readSafetensors(tensors, 'c').values())
    if (tensor.dtype === 'float32') expect(tensor.data.every(Number.isFinite)).toBe(true);
});

it('told to stop, it stops with `aborted`', async () => {
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
])('a damaged checkpoint is refused: %s', async (meta, reason) => {
  const sink = new MemorySink({ meta, tensors: writeSafetensors(new Map()) });
  await expect(train(tinyRun('softmax', sink))).rejects.toThrow(reason);
});
