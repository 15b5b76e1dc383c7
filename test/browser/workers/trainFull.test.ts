import { expect, test } from 'vitest';
import { TrainThread } from '../../../src/client/trainThread';
import { mulberry32 } from '../../../src/core/random';
import { MemorySink } from '../../fixtures/tinyTraining';

test('the full network at 160 px trains on WASM with batches of 8, in less than 2.5 GiB', async () => {
  const client = new TrainThread();
  try {
    await client.call('start', { backend: 'wasm' });
    const random = mulberry32(1);
    const pictures = Array.from({ length: 8 }, () => ({
      size: 160,
      data: Uint8Array.from({ length: 160 * 160 * 3 }, () => 256 * random()),
    }));
    await client.call('addPictures', { set: 'train', pictures, labels: [0, 1, 2, 3, 0, 1, 2, 3] });
    const plan = await client.call('prepare', {
      base: { kind: 'scratch' },
      trainable: 'all',
      config: { batch: 8, epochSteps: 1, epochs: 1, averageDecay: 0, optimiser: 'MOM' },
      people: ['Ada', 'Bo', 'Cy', 'Di'],
    });
    // 23.5 million weights, of which the running statistics do not learn by gradients.
    expect(plan.trainableParameters).toBeGreaterThan(23.4e6);
    const losses: number[] = [];
    const sink = new MemorySink();
    const result = await client.train({ sink, onStep: ({ loss }) => losses.push(loss) });
    expect(result).toMatchObject({ step: 1, finished: true });
    expect(losses.every(Number.isFinite)).toBe(true);
    expect((await sink.latest())!.tensors.length).toBeGreaterThan(2 * 4 * 23.4e6);
    expect((await client.call('memory', {})).wasmBytes).toBeLessThan(2.5 * 2 ** 30);
  } finally {
    client.close();
  }
});
