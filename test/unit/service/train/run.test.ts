import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import type { ResumableSink, Checkpoint } from '../../../../src/core/types';
import { mulberry32 } from '../../../../src/core/random';
import type { PictureSets } from '../../../../src/service/train/pictureSets';
import type { TrainEngines } from '../../../../src/service/train/engines';
import { PreparedRun } from '../../../../src/service/train/run';
import { completeConfig } from '../../../../src/train/config/config';
import { planRun } from '../../../../src/train/plan';
import { firstWeights } from '../../../../src/train/state';
import { registerWasmKernels } from '../../../../src/train/wasmKernels';
import { MemorySink, SAMPLES, tinyConfig, tinyGraph } from '../../../fixtures/tinyTraining';

/** Steps of an epoch. */
const EPOCH = 4;

beforeAll(async () => {
  registerWasmKernels();
  await tf.setBackend('wasm');
});

/** Counts the reads of tensors and of descriptions. */
class CountingSink extends MemorySink implements ResumableSink {
  readonly reads = { meta: 0, tensors: 0 };
  override async latest(): Promise<Checkpoint | null> {
    this.reads.tensors++;
    return super.latest();
  }
  async meta(): Promise<string | null> {
    this.reads.meta++;
    return (await super.latest())?.meta ?? null;
  }
}

function opened(): Promise<PreparedRun> {
  const graph = tinyGraph();
  const config = completeConfig(tinyConfig('softmax', { epochs: 2, epochSteps: EPOCH }));
  const base = { graph, weights: firstWeights(graph, mulberry32(1)), cuts: ['r1'], folded: false };
  const engine = { backend: 'wasm', onLost() {} };
  const engines = { state: { backend: 'wasm' }, tfjs: engine } as unknown as TrainEngines;
  const data = { samples: () => SAMPLES } as unknown as PictureSets;
  return PreparedRun.open(engines, data, planRun(base, config, 'all', ['a', 'b', 'c', 'd']));
}

it('a run that is resumed reads its tensors once; one that continues in memory never', async () => {
  const sink = new CountingSink();
  const hooks = { sink, signal: new AbortController().signal, progress() {} };
  const first = await opened();
  expect(await first.train({ ...hooks, untilEpoch: 1 })).toMatchObject({ step: EPOCH, finished: false });
  sink.reads.tensors = 0;
  const resumed = await opened();
  expect(await resumed.train(hooks)).toMatchObject({ step: 2 * EPOCH, finished: true });
  expect(sink.reads.tensors).toBe(1);
  sink.reads.tensors = 0;
  expect(await resumed.train(hooks)).toMatchObject({ step: 2 * EPOCH, finished: true });
  expect(sink.reads.tensors).toBe(0);
  first.dispose();
  resumed.dispose();
});
