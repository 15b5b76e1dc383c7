import type { FaceCrop, Inputs, Sample } from '../core/types';
import { stackRows } from '../core/vectors';
import { runBatch } from '../nn/batch';
import type { Executor } from '../nn/executor';
import { augment } from './augment';
import type { AugmentConfig } from './config/config';
import type { FeatureCache } from './featureCache';

/** The data of a run: a class number for each sample, and the inputs of the trained part of the network. */
export interface TrainingData {
  readonly labels: Int32Array;
  /** The chosen samples, augmented by numbers of `random`: the same numbers, in the same order, give the same inputs. */
  read(chosen: readonly number[], random: () => number): Promise<Inputs>;
}

const labelsOf = (samples: readonly Sample[]) => Int32Array.from(samples, ({ label }) => label);

/** The pictures themselves: [n, size, size, 3], augmented and standardised. */
export function pictureSamples(samples: readonly Sample[], size: number, config: AugmentConfig): TrainingData {
  return {
    labels: labelsOf(samples),
    async read(chosen, random) {
      const read = await Promise.all(chosen.map((i) => samples[i]!.crop()));
      const data = stackRows(read.map((crop) => pictureOf(crop, size, config, random)));
      return { data, shape: [chosen.length, size, size, 3] };
    },
  };
}

/** The frozen part of a network, ready to run: pictures of `size`² in, its last value out, `batch` at a time. */
export interface Backbone {
  readonly executor: Executor;
  readonly size: number;
  readonly batch: number;
  /** Of one picture's value. */
  readonly shape: readonly number[];
}

export interface FrozenSamples extends TrainingData {
  /** Runs the frozen part over all samples beforehand, until `onDone` says false. Only where `isCacheable`. */
  fill(onDone: (done: number, total: number) => boolean | Promise<boolean>): Promise<void>;
  /** The value of a sample or its flipped picture, where it was computed and kept. */
  known(sample: number, flipped: boolean): Float32Array | undefined;
}

/** Whether a picture gives only one input, or two (itself and its flipped picture), however often it is read. */
export function isCacheable({ rotate, crop, jitter, erase }: AugmentConfig): boolean {
  return rotate === 0 && crop === 'centre' && jitter === 0 && erase === 0;
}

/**
 * A frozen part's values for the pictures: computed once and kept where augmentation gives only the picture and its flipped
 * picture, else computed for each batch. A value does not depend on the rest of its batch.
 */
export function frozenSamples(
  samples: readonly Sample[],
  backbone: Backbone,
  config: AugmentConfig,
  cache: FeatureCache,
): FrozenSamples {
  const cached = isCacheable(config);
  const run = async (pictures: readonly Float32Array[]): Promise<Float32Array[]> => {
    const values: Float32Array[] = [];
    for (let start = 0; start < pictures.length; start += backbone.batch)
      values.push(
        ...(await runBatch(backbone.executor, pictures.slice(start, start + backbone.batch), backbone.batch)),
      );
    return values;
  };
  const featuresOf = async (wanted: readonly Wanted[]): Promise<readonly Float32Array[]> => {
    const found = wanted.map(({ key }) => cache.get(key));
    const missing = [...new Map(wanted.flatMap((each, i) => (found[i] ? [] : [[each.key, each] as const]))).values()];
    const made = new Map<string, Float32Array>();
    for (let start = 0; start < missing.length; start += backbone.batch) {
      const part = missing.slice(start, start + backbone.batch);
      const values = await run(await Promise.all(part.map(({ read }) => read())));
      part.forEach(({ key }, i) => {
        made.set(key, values[i]!);
        cache.set(key, values[i]!);
      });
    }
    return wanted.map(({ key }, i) => found[i] ?? made.get(key)!);
  };
  const keyOf = (sample: number, flipped: boolean) => `${sample}/${flipped ? 'flipped' : 'plain'}`;
  const variant = (sample: number, flipped: boolean): Wanted => ({
    key: keyOf(sample, flipped),
    read: async () => pictureOf(await samples[sample]!.crop(), backbone.size, config, () => (flipped ? 0 : 1)),
  });
  const gather = (features: readonly Float32Array[]) => ({
    data: stackRows(features),
    shape: [features.length, ...backbone.shape],
  });
  return {
    labels: labelsOf(samples),
    async read(chosen, random) {
      // The same numbers are drawn as augment would.
      if (cached)
        return gather(await featuresOf(chosen.map((sample) => variant(sample, config.flip && random() < 0.5))));
      const read = await Promise.all(chosen.map((i) => samples[i]!.crop()));
      return gather(await run(read.map((crop) => pictureOf(crop, backbone.size, config, random))));
    },
    known: (sample, flipped) => (cached ? cache.get(keyOf(sample, flipped)) : undefined),
    async fill(onDone) {
      const all = [...samples.keys()].flatMap((sample) =>
        config.flip ? [variant(sample, false), variant(sample, true)] : [variant(sample, false)],
      );
      for (let start = 0; start < all.length && !cache.full; start += backbone.batch) {
        if (!(await onDone(start, all.length))) return;
        await featuresOf(all.slice(start, start + backbone.batch));
      }
      await onDone(all.length, all.length);
    },
  };
}

interface Wanted {
  readonly key: string;
  readonly read: () => Promise<Float32Array>;
}

function pictureOf(crop: FaceCrop, size: number, config: AugmentConfig, random: () => number): Float32Array {
  const picture = new Float32Array(size * size * 3);
  augment(crop, size, config, random, picture);
  return picture;
}
