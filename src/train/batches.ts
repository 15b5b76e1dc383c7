import { RandomStream } from '../core/random';
import type { TrainConfig } from './config';
import type { Triplet } from './losses/selectTriplets';
import { createSampler, type SamplerState } from './sampler';
import { tripletPasses } from './tripletPasses';

/** The data of a run: a class number for each sample, and what the network that learns is fed of them. */
export interface Samples {
  readonly labels: Int32Array;
  /** The chosen samples, augmented by numbers of `random`: the same numbers, in the same order, give the same inputs. */
  read(chosen: readonly number[], random: () => number): Promise<Inputs>;
}

/** [n, …], standardised pictures or what a frozen part makes of them. */
export interface Inputs {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Where in the data a run stands; as JSON, part of every checkpoint. */
export interface DataPosition {
  readonly sampler: SamplerState;
  /** Of augmentation, and of the choice of triplets in a pass. */
  readonly random: number;
  /** Of a pass of triplets: the samples of those that are left, three for each. */
  readonly queue?: readonly number[];
}

export interface Batch extends Inputs {
  readonly labels: readonly number[];
  /** Chosen beforehand, by rows; absent where the step chooses them itself, if it needs any. */
  readonly triplets?: readonly Triplet[];
  /** The position once this batch is used. */
  readonly after: DataPosition;
}

// Any numbers that keep the streams of one seed apart.
const SAMPLER_STREAM = 0x5eed5a17;
const AUGMENT_STREAM = 0x0a0631e7;

export function firstPosition(seed: number): DataPosition {
  return { sampler: { random: (seed ^ SAMPLER_STREAM) >>> 0, position: 0 }, random: (seed ^ AUGMENT_STREAM) >>> 0 };
}

/** The embeddings, of length 1 and in inference mode, by the weights as they are now; a row for each input. */
export type EmbedRows = (inputs: Inputs) => Promise<Float32Array>;

/**
 * Batches for ever from a position on; the next one is read while the caller uses this one. `embed` is called only
 * where the configuration chooses triplets in passes, and never while the caller uses a batch.
 */
export function batches(
  samples: Samples,
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
    // Whoever takes the next batch sees its failure; until then it must not count as unhandled.
    next.catch(() => {});
    yield batch;
  }
}
