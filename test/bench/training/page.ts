import { TrainThread } from '../../../src/client/trainThread';
import { mulberry32 } from '../../../src/core/random';
import type { BackendName } from '../../../src/core/types';
import type { PixelCrop, Trainable } from '../../../workers/trainProtocol';

export interface TrainingCase {
  readonly name: string;
  /** `scratch`: live batch norm. `facenet`: the published weights, folded. */
  readonly base: 'scratch' | 'facenet';
  readonly trainable: Trainable;
  readonly batch: number;
  /** Batches whose gradients make one step. */
  readonly accumulate: number;
  readonly steps: number;
}

export interface TrainingResult {
  readonly name: string;
  /** Pictures a second, forward, backward and optimiser, of each step but the first. */
  readonly imagesPerSecond: readonly number[];
  readonly trainableParameters: number;
  /** tfjs's WebAssembly memory after the steps; it never shrinks. */
  readonly wasmBytes: number;
  readonly failure: string | null;
}

declare global {
  function trainingBench(
    backend: BackendName,
    cases: TrainingCase,
  ): Promise<TrainingResult & { adapter: string | null }>;
}

const PEOPLE = 8;

/** Noise: the time of a step does not depend on what a picture shows. */
function noise(seed: number): PixelCrop {
  const random = mulberry32(seed);
  return { size: 160, data: Uint8Array.from({ length: 160 * 160 * 3 }, () => 256 * random()) };
}

globalThis.trainingBench = async (backend, { name, base, trainable, batch, accumulate, steps }) => {
  const client = new TrainThread();
  try {
    const { adapter } = await client.call('start', { backend, modelsUrl: new URL('/models/', location.href).href });
    const count = 2 * batch;
    const people = Math.min(PEOPLE, batch); // two pictures each at least
    const pictures = Array.from({ length: count }, (_, i) => noise(i));
    await client.call('addPictures', { set: 'train', pictures, labels: pictures.map((_, i) => i % people) });
    const plan = await client.call('prepare', {
      base: base === 'scratch' ? { kind: 'scratch' } : { kind: 'model', id: 'facenet-20180402-114759' },
      trainable,
      config: {
        batch,
        accumulate,
        epochSteps: steps,
        epochs: 1,
        optimiser: 'ADAM',
        schedule: { kind: 'table', rates: [[0, 1e-4]] },
        averageDecay: 0,
        checkpointSteps: 1_000_000,
      },
      people: Array.from({ length: people }, (_, i) => `Person ${i}`),
    });
    const speeds: number[] = [];
    let failure: string | null = null;
    try {
      await client.train({
        sink: { save: async () => {}, latest: async () => null },
        onStep: ({ imagesPerSecond }) => speeds.push(imagesPerSecond),
      });
    } catch (thrown) {
      failure = thrown instanceof Error ? thrown.message : String(thrown);
    }
    const { wasmBytes } = await client.call('memory', {}).catch(() => ({ wasmBytes: 0 }));
    const { trainableParameters } = plan;
    return { name, adapter, imagesPerSecond: speeds.slice(1), trainableParameters, wasmBytes, failure };
  } finally {
    client.close();
  }
};
