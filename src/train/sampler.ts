import { FaceError } from '../core/errors';
import { addTo } from '../core/lists';
import { RandomStream, shuffledIndices } from '../core/random';
import type { DataPosition } from '../core/types';
import type { SamplerName, TrainConfig } from './config/config';

type SamplerState = DataPosition['sampler'];

/** Chooses the samples of each batch, for ever. */
export interface Sampler {
  next(): number[];
  readonly state: SamplerState;
}

export interface SamplerOptions {
  readonly kind: SamplerName;
  /** Samples of a batch, for `shuffled` and `weighted`. */
  readonly batch: number;
  /** For `people`: the number of people, and of pictures of each (fewer where there are fewer). */
  readonly people: number;
  readonly picturesEach: number;
}

/**
 * `shuffled`: every sample once, in random order, then again in another. `people`: P × K, for triplets. `weighted`:
 * every person as often as any other, whatever the number of pictures. `labels` is a class number for each sample.
 * Throws `train/too-few` when there are no samples, or, for `people`, nobody has two.
 */
export function createSampler(labels: Int32Array, options: SamplerOptions, state: SamplerState): Sampler {
  const classes = groupByClass(labels);
  if (labels.length === 0) throw new FaceError('train/too-few', { reason: 'there are no pictures' });
  switch (options.kind) {
    case 'shuffled':
      return shuffled(labels.length, options.batch, state);
    case 'people': {
      const several = classes.filter((samples) => samples.length > 1);
      if (several.length < 2 || options.picturesEach < 2)
        throw new FaceError('train/too-few', { reason: 'triplets need two persons with two pictures each' });
      const random = new RandomStream(state.random);
      return streaming(random, () =>
        pick(several, options.people, random.next).flatMap((samples) =>
          pick(samples, options.picturesEach, random.next),
        ),
      );
    }
    case 'weighted': {
      const random = new RandomStream(state.random);
      const one = <T>(list: readonly T[]) => list[Math.floor(random.next() * list.length)]!;
      return streaming(random, () => Array.from({ length: options.batch }, () => one(one(classes))));
    }
  }
}

/**
 * Steps in which every sample that the sampler gives is seen once, on average. With `people`, people with one picture are
 * never seen; a batch of a pass of triplets counts as `batch` pictures.
 */
export function stepsPerEpoch(labels: Int32Array, config: TrainConfig): number {
  if (config.epochSteps > 0) return config.epochSteps;
  const { sampler, accumulate } = config;
  if (sampler.kind !== 'people') return Math.ceil(labels.length / (config.batch * accumulate));
  const several = groupByClass(labels).filter((samples) => samples.length > 1);
  const all = several.reduce((sum, samples) => sum + samples.length, 0);
  const each = several.reduce((sum, samples) => sum + Math.min(samples.length, sampler.picturesEach), 0);
  const inBatch =
    config.loss === 'triplet' && config.triplet.mining === 'pass'
      ? config.batch
      : (Math.min(sampler.people, several.length) * each) / several.length;
  return Math.max(1, Math.ceil(all / (inBatch * accumulate) - 1e-9));
}

/** Numbers of the samples of each class that has any, in the order of the classes. */
export function groupByClass(labels: Int32Array): number[][] {
  const groups = new Map<number, number[]>();
  labels.forEach((label, sample) => addTo(groups, label, sample));
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

function shuffled(count: number, batch: number, start: SamplerState): Sampler {
  const random = new RandomStream(start.random);
  let begun = random.state;
  let order = shuffledIndices(count, random.next);
  let position = start.position;
  return {
    next: () =>
      Array.from({ length: batch }, () => {
        if (position === count) {
          begun = random.state;
          order = shuffledIndices(count, random.next);
          position = 0;
        }
        return order[position++]!;
      }),
    get state() {
      return { random: begun, position };
    },
  };
}

function streaming(random: RandomStream, next: () => number[]): Sampler {
  return {
    next,
    get state() {
      return { random: random.state, position: 0 };
    },
  };
}

/** `count` different items in random order, all of them where there are fewer. */
function pick<T>(items: readonly T[], count: number, random: () => number): T[] {
  return [...shuffledIndices(items.length, random).subarray(0, count)].map((i) => items[i]!);
}
