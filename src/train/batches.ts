import { RandomStream } from '../core/random';
import type { FaceCrop } from '../core/types';
import { augment } from './augment';
import type { TrainConfig } from './config';
import { createSampler, type SamplerState } from './sampler';

/** The data: an aligned crop and a class number for each picture. */
export interface Samples {
  readonly labels: Int32Array;
  /** Not smaller than the network's input. */
  crop(sample: number): Promise<FaceCrop>;
}

/** Where in the data a run stands; as JSON, part of every checkpoint. */
export interface DataPosition {
  readonly sampler: SamplerState;
  /** Of augmentation. */
  readonly random: number;
}

export interface Batch {
  /** Standardised, [n, size, size, 3]. */
  readonly images: Float32Array;
  readonly shape: readonly [number, number, number, number];
  readonly labels: readonly number[];
  /** The position once this batch is used. */
  readonly after: DataPosition;
}

// Any numbers that keep the streams of one seed apart.
const SAMPLER_STREAM = 0x5eed5a17;
const AUGMENT_STREAM = 0x0a0631e7;

export function firstPosition(seed: number): DataPosition {
  return { sampler: { random: (seed ^ SAMPLER_STREAM) >>> 0, position: 0 }, random: (seed ^ AUGMENT_STREAM) >>> 0 };
}

/** Batches for ever from a position on; the next one is read while the caller uses this one. */
export async function* batches(
  samples: Samples,
  config: TrainConfig,
  size: number,
  from: DataPosition,
): AsyncGenerator<Batch, never> {
  const sampler = createSampler(samples.labels, { ...config.sampler, batch: config.batch }, from.sampler);
  const random = new RandomStream(from.random);
  const read = async (): Promise<Batch> => {
    const chosen = sampler.next();
    const state = sampler.state;
    const crops = await Promise.all(chosen.map((sample) => samples.crop(sample)));
    const images = new Float32Array(crops.length * size * size * 3);
    crops.forEach((crop, i) =>
      augment(crop, size, config.augment, random.next, images.subarray(i * size * size * 3, (i + 1) * size * size * 3)),
    );
    return {
      images,
      shape: [crops.length, size, size, 3],
      labels: chosen.map((sample) => samples.labels[sample]!),
      after: { sampler: state, random: random.state },
    };
  };
  let next = read();
  for (;;) {
    const batch = await next;
    next = read();
    // Whoever takes the next batch sees its failure; until then it must not count as unhandled.
    next.catch(() => {});
    yield batch;
  }
}
