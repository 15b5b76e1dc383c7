import { RandomStream } from '../core/random';
import type { Batch, DataPosition } from '../core/types';
import type { TrainConfig } from './config/config';
import { createSampler } from './sampler';
import type { TrainingData } from './samples';
import { tripletPasses, type EmbedRows } from './tripletPasses';

// Any numbers that keep the streams of one seed apart.
const SAMPLER_STREAM = 0x5eed5a17;
const AUGMENT_STREAM = 0x0a0631e7;

export function firstPosition(seed: number): DataPosition {
  return { sampler: { random: (seed ^ SAMPLER_STREAM) >>> 0, position: 0 }, random: (seed ^ AUGMENT_STREAM) >>> 0 };
}

/**
 * Endless batches from a position on; the next one is read while the caller uses this one. `embed` is called only
 * where the configuration chooses triplets in passes, and never while the caller uses a batch.
 */
export function batches(
  samples: TrainingData,
  config: TrainConfig,
  from: DataPosition,
  embed: EmbedRows,
): AsyncGenerator<Batch, never> {
  const sampler = createSampler(samples.labels, { ...config.sampler, batch: config.batch }, from.sampler);
  const random = new RandomStream(from.random);
  if (config.loss === 'triplet' && config.triplet.mining === 'pass')
    return tripletPasses(samples, config, { sampler, random, queue: from.queue ?? [] }, embed);
  return readAhead(async () => {
    const chosen = sampler.next();
    const state = sampler.state;
    const inputs = await samples.read(chosen, random.next);
    return {
      ...inputs,
      labels: chosen.map((sample) => samples.labels[sample]!),
      after: { sampler: state, random: random.state },
    };
  });
}

async function* readAhead(read: () => Promise<Batch>): AsyncGenerator<Batch, never> {
  let next = read();
  for (;;) {
    const batch = await next;
    next = read();
    // The failure is thrown with the next batch; until then it must not count as unhandled.
    next.catch(() => {});
    yield batch;
  }
}
