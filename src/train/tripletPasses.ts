import { FaceError } from '../core/errors';
import { shuffledIndices, type RandomStream } from '../core/random';
import type { Batch, DataPosition, EmbedRows, Samples } from './batch';
import type { TrainConfig } from './config/config';
import { selectTriplets, type Triplet } from './losses/selectTriplets';
import type { Sampler } from './sampler';

export interface PassStart {
  readonly sampler: Sampler;
  /** Of augmentation and of the choice. */
  readonly random: RandomStream;
  /** What is left of a pass begun before, three samples a triplet. */
  readonly queue: readonly number[];
}

/** So many passes one after the other that find no triplet end the run: there is nothing left to learn from. */
const EMPTY_PASSES = 20;

/**
 * The original's way with triplets: people × pictures are embedded (45 × 40 in its defaults), the triplets among them
 * chosen, put in random order and trained on in batches of `config.batch` pictures, three a triplet; then the next ones
 * are embedded, by the weights as they then are. Unlike the original's, embedding is in inference mode.
 * Throws `train/too-few` when many passes find no triplet.
 */
export async function* tripletPasses(
  samples: Samples,
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
          reason: `no triplet inside the margin was found in ${EMPTY_PASSES} passes, so there is nothing left to learn`,
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
  samples: Samples,
  config: TrainConfig,
  chosen: readonly number[],
  random: RandomStream,
  embed: EmbedRows,
): Promise<number[]> {
  const parts: Float32Array[] = [];
  for (let start = 0; start < chosen.length; start += config.batch)
    parts.push(await embed(await samples.read(chosen.slice(start, start + config.batch), random.next)));
  const columns = parts[0]!.length / Math.min(config.batch, chosen.length);
  const embeddings = new Float32Array(chosen.length * columns);
  parts.forEach((part, i) => embeddings.set(part, i * config.batch * columns));
  const labels = chosen.map((sample) => samples.labels[sample]!);
  const triplets = selectTriplets(embeddings, labels, { ...config.triplet, random: random.next });
  return [...shuffledIndices(triplets.length, random.next)].flatMap((i) => {
    const { anchor, positive, negative } = triplets[i]!;
    return [chosen[anchor]!, chosen[positive]!, chosen[negative]!];
  });
}

async function take(
  samples: Samples,
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
