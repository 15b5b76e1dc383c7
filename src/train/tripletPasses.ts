import { FaceError } from '../core/errors';
import { shuffledIndices, type RandomStream } from '../core/random';
import type { Batch, DataPosition, Inputs, Triplet } from '../core/types';
import { joinArrays } from '../core/vectors';
import type { TrainConfig } from './config/config';
import { selectTriplets } from './losses/selectTriplets';
import type { Sampler } from './sampler';
import type { TrainingData } from './samples';

/** The embeddings, of length 1 and in inference mode, by the present weights; a row for each input. */
export type EmbedRows = (inputs: Inputs) => Promise<Float32Array>;

interface PassStart {
  readonly sampler: Sampler;
  /** Of augmentation and of the choice. */
  readonly random: RandomStream;
  /** The rest of an earlier pass, three samples a triplet. */
  readonly queue: readonly number[];
}

/** Consecutive passes without a triplet that end the run: there is nothing left to train on. */
const EMPTY_PASSES = 20;

/**
 * Triplets as the original chooses them: people × pictures are embedded (45 × 40 by default), the triplets among them
 * chosen, shuffled and trained on in batches of `config.batch` pictures, three a triplet; then the next pictures are
 * embedded by the new weights. Unlike in the original, embedding is in inference mode.
 * Throws `train/too-few` when many passes find no triplet.
 */
export async function* tripletPasses(
  samples: TrainingData,
  config: TrainConfig,
  { sampler, random, queue: left }: PassStart,
  embed: EmbedRows,
): AsyncGenerator<Batch, never> {
  const size = 3 * Math.max(1, Math.floor(config.batch / 3));
  let queue = left;
  for (let empty = 0; ;) {
    if (queue.length === 0) {
      queue = await choose(samples, config, sampler.next(), random, embed);
      if (queue.length === 0 && ++empty === EMPTY_PASSES)
        throw new FaceError('train/too-few', {
          reason: `no triplet inside the margin was found in ${EMPTY_PASSES} passes, so there is nothing left to train on`,
        });
      if (queue.length === 0) continue;
    }
    empty = 0;
    let next = take(samples, queue.slice(0, size), queue.slice(size), sampler, random);
    while (queue.length > 0) {
      const batch = await next;
      queue = queue.slice(size);
      if (queue.length > 0) {
        next = take(samples, queue.slice(0, size), queue.slice(size), sampler, random);
        next.catch(() => {});
      }
      yield batch;
    }
  }
}

/** One pass's triplets as samples, in random order. */
async function choose(
  samples: TrainingData,
  config: TrainConfig,
  chosen: readonly number[],
  random: RandomStream,
  embed: EmbedRows,
): Promise<number[]> {
  const parts: Float32Array[] = [];
  for (let start = 0; start < chosen.length; start += config.batch)
    parts.push(await embed(await samples.read(chosen.slice(start, start + config.batch), random.next)));
  const labels = chosen.map((sample) => samples.labels[sample]!);
  const triplets = selectTriplets(joinArrays(parts), labels, { ...config.triplet, random: random.next });
  return [...shuffledIndices(triplets.length, random.next)].flatMap((i) => {
    const { anchor, positive, negative } = triplets[i]!;
    return [chosen[anchor]!, chosen[positive]!, chosen[negative]!];
  });
}

async function take(
  samples: TrainingData,
  chosen: readonly number[],
  queue: readonly number[],
  sampler: Sampler,
  random: RandomStream,
): Promise<Batch> {
  const inputs = await samples.read(chosen, random.next);
  const after: DataPosition = { sampler: sampler.state, random: random.state, ...(queue.length > 0 && { queue }) };
  const triplets: Triplet[] = Array.from({ length: chosen.length / 3 }, (_, i) => ({
    anchor: 3 * i,
    positive: 3 * i + 1,
    negative: 3 * i + 2,
  }));
  return { ...inputs, labels: chosen.map((sample) => samples.labels[sample]!), triplets, after };
}
