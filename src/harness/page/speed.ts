import { TrainThread } from '../../client/trainThread';
import type { TrainEngine, TrainStart } from '../../client/types';
import { mulberry32 } from '../../core/random';
import { toFaceError } from '../../core/errors';

const PEOPLE = 4;
/** The side of the network's input. */
const SIZE = 160;
const NO_CHECKPOINTS = { save: async () => {}, latest: async () => null };

export interface SpeedRequest {
  readonly backend: NonNullable<TrainStart['backend']>;
  /** 0 only says what it would run on. */
  readonly batch: number;
  readonly steps: number;
  readonly width: number;
}

/** Pictures a second of each step: the network embedding, and training whole. */
export interface Speed {
  readonly engine: TrainEngine;
  readonly embedding: number[];
  /** Without the first step, which compiles what the others use. */
  readonly training: number[];
  /** Why it cannot train in such batches, if so. */
  readonly refused: string | null;
}

/** Measures one batch size in a worker of its own, so that no memory of another one counts. */
export async function measureSpeed({ backend, batch, steps, width }: SpeedRequest): Promise<Speed> {
  const client = new TrainThread();
  try {
    const engine = await client.call('start', { backend });
    if (batch === 0) return { engine, embedding: [], training: [], refused: null };
    // Noise: the time of a step does not depend on what a picture shows.
    const pictures = Array.from({ length: Math.max(batch, 2 * PEOPLE) }, (_, i) => {
      const random = mulberry32(i);
      return { size: SIZE, data: Uint8Array.from({ length: SIZE * SIZE * 3 }, () => 256 * random()) };
    });
    await client.call('addPictures', { set: 'train', pictures, labels: pictures.map((_, i) => i % PEOPLE) });
    const prepare = (ofBatch: number) =>
      client.call('prepare', {
        base: { kind: 'scratch', width, size: SIZE },
        trainable: 'all',
        config: {
          batch: ofBatch,
          epochSteps: steps + 1,
          epochs: 1,
          optimiser: 'ADAM',
          averageDecay: 0,
          schedule: { kind: 'table', rates: [[0, 1e-4]] },
          checkpointSteps: 1_000_000,
        },
        people: Array.from({ length: PEOPLE }, (_, i) => `Person ${i}`),
      });
    await prepare(1);
    const { milliseconds } = await client.call('embedSpeed', { batch, runs: steps });
    const embedding = milliseconds.map((time) => (1000 * batch) / time);
    const training: number[] = [];
    try {
      await prepare(batch);
      await client.train({ sink: NO_CHECKPOINTS, onStep: ({ imagesPerSecond }) => training.push(imagesPerSecond) });
      return { engine, embedding, training: training.slice(1), refused: null };
    } catch (thrown) {
      return { engine, embedding, training: [], refused: toFaceError(thrown).message };
    }
  } finally {
    client.close();
  }
}
