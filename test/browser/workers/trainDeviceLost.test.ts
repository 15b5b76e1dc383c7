import { beforeEach, expect, test } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import { firstWeights } from '../../../src/train/state';
import { connect, serve, type Connection } from '../../../workers/rpc';
import { TRAIN_SERVE_OPTIONS, type TrainOps, type TrainProgress } from '../../../workers/trainProtocol';
import { createTrainService } from '../../../src/service/train/trainService';
import { crop, LABELS, tinyConfig, tinyGraph } from '../../fixtures/tinyTraining';
import { needsWebgpu } from '../webgpu';

const devices: GPUDevice[] = [];
beforeEach((context) => needsWebgpu(context));

/** The service in this thread, where its device can be taken away. */
function open(): Connection<TrainOps> {
  const { port1, port2 } = new MessageChannel();
  serve<TrainOps>(port1, createTrainService(), TRAIN_SERVE_OPTIONS);
  return connect<TrainOps>(port2);
}

test('a device lost in mid-step: the run resumes from its last checkpoint and ends as the unbroken one', async () => {
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    devices.push(device);
    return device;
  };
  const wire = open();
  try {
    const graph = tinyGraph();
    await wire.call('start', { backend: 'webgpu' });
    const pictures = await Promise.all(
      [...LABELS.keys()].map(async (sample) => {
        const { size, data } = await crop(sample);
        return { size, data: Uint8Array.from(data, (value) => Math.min(255, Math.max(0, value))) };
      }),
    );
    await wire.call('addPictures', { set: 'train', pictures, labels: [...LABELS] });
    await wire.call('prepare', {
      base: { kind: 'graph', graph, weights: firstWeights(graph, mulberry32(1)), cuts: [] },
      trainable: 'all',
      config: tinyConfig('softmax', { epochSteps: 14 }),
      people: ['Ada', 'Bo', 'Cy', 'Di'],
    });
    const losses = new Map<number, number[]>();
    let saved = 0;
    let recovered = -1;
    const onProgress = (progress: TrainProgress) => {
      if (progress.kind === 'step') {
        const { step, loss } = progress.report;
        losses.set(step, [...(losses.get(step) ?? []), loss]);
        if (step === 8 && recovered < 0) devices.at(-1)!.destroy();
      } else if (progress.kind === 'checkpoint') {
        saved = progress.step;
        const { number } = progress;
        void wire.call('takeCheckpoint', { number }).then(() => wire.call('checkpointSaved', { number }));
      } else if (progress.kind === 'recovered') recovered = progress.step;
    };
    const result = await wire.call('train', { sink: { kind: 'caller' } }, { onProgress });
    expect(result).toEqual({ step: 14, epoch: 1, finished: true });
    expect(recovered).toBe(6);
    expect(saved).toBe(14);
    // Steps 7 and 8 were done twice, with the same loss: the run is what it would have been.
    const [first, second] = losses.get(7)!;
    expect(second).toBeCloseTo(first!, 5);
    expect(losses.get(8)!.length).toBe(2);
    expect(losses.get(9)!.length).toBeGreaterThanOrEqual(1);
    expect((await wire.call('weights', { averaged: true })).bytes.length).toBeGreaterThan(1000);
  } finally {
    GPUAdapter.prototype.requestDevice = requestDevice;
    await wire.call('dispose', {});
  }
});
