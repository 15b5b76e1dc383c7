import { throwIfAborted } from '../../core/abort';
import { l2Normalise, stackRows } from '../../core/vectors';
import type { Weights } from '../../core/weights';
import { runBatch } from '../../nn/batch';
import type { Engine, Executor } from '../../nn/executor';
import { withBatch } from '../../nn/cut';
import type { Graph } from '../../nn/graph';
import { augment } from '../../train/augment';
import { NO_AUGMENTATION } from '../../train/config/config';
import type { Backbone } from '../../train/samples';
import { letMessagesIn } from '../letMessagesIn';
import { readCrop, type TrainPicture } from './pictureSets';

/** What comes after the frozen part, by some weights: null where nothing does. */
export type Tail = Executor | null;

/** The part of the network that is trained, compiled for inference; null when it is empty. */
export async function prepareTail(engine: Engine, graph: Graph, weights: Weights, batch: number): Promise<Tail> {
  if (graph.nodes.length === 1) return null;
  return engine.prepare(withBatch(graph, batch), weights, { precision: 'float32' });
}

export interface EmbedCall {
  readonly backbone: Backbone | null;
  /** One for each result. */
  readonly tails: readonly Tail[];
  readonly size: number;
  readonly batch: number;
  readonly flip?: boolean;
  /** What the frozen part makes of a picture, where that is known: nothing is decoded or run then. */
  readonly known?: (picture: number) => Float32Array | undefined;
  readonly signal: AbortSignal;
  readonly onDone: (done: number) => void;
}

/** The prelogits of pictures (centre crop), by each of `tails`: [pictures, d], rows first. The frozen part runs once. */
export async function prelogitsOf(pictures: readonly TrainPicture[], call: EmbedCall): Promise<Float32Array[]> {
  const { backbone, tails, batch, signal } = call;
  const parts: Float32Array[][] = tails.map(() => []);
  for (let start = 0; start < pictures.length; start += batch) {
    throwIfAborted(signal);
    await letMessagesIn();
    const part = pictures.slice(start, start + batch);
    const known = part.flatMap((_, i) => call.known?.(start + i) ?? []);
    let values = known.length === part.length ? known : await readPictures(part, start, call);
    if (backbone && values !== known) values = await runBatch(backbone.executor, values, batch);
    for (const [i, tail] of tails.entries()) parts[i]!.push(...(tail ? await runBatch(tail, values, batch) : values));
    call.onDone(start + part.length);
  }
  return parts.map((rows) => stackRows(rows));
}

/** Decoded, cut to the network's size and standardised. `first` numbers them in errors. */
async function readPictures(pictures: readonly TrainPicture[], first: number, { size, flip = false }: EmbedCall) {
  const read = (picture: TrainPicture, i: number) =>
    readCrop(picture, { size, roomy: false }, `picture ${first + i + 1}`);
  return (await Promise.all(pictures.map(read))).map((crop) => {
    const picture = new Float32Array(size * size * 3);
    // Flipped by the same code as in training: a number below a half flips.
    augment(crop, size, { ...NO_AUGMENTATION, flip }, () => 0, picture);
    return picture;
  });
}

/** Each row scaled to length 1, in a new array. */
export function normalisedRows(prelogits: Float32Array, columns: number): Float32Array<ArrayBuffer> {
  const data = new Float32Array(prelogits.length);
  for (let at = 0; at < data.length; at += columns) data.set(l2Normalise(prelogits.subarray(at, at + columns)), at);
  return data;
}
