import { l2Normalise } from '../core/vectors';
import type { Embedding, FaceCrop, Precision } from '../core/types';
import type { Weights } from '../core/weights';
import { inceptionResnetV1 } from '../models/inceptionResnetV1';
import { mobileFaceNet } from '../models/mobileFaceNet';
import { runBatch } from '../nn/batch';
import type { Engine, Executor } from '../nn/executor';
import type { Graph } from '../nn/graph';
import type { EmbedderRow } from '../weights/modelRow';

/** Faces per run of the network, compiled for it once a call has at least `MANY`. */
const BATCH = 8;
/** Compiling a second size takes as long as embedding some 30 faces on WASM, where a batch gains a tenth a face. */
const MANY = 24;

export interface EmbedOptions {
  /** Embed each face's flipped picture too and take the mean. */
  readonly flip?: boolean;
  /** Always in full batches, the last one padded: for long work in parts of many sizes. */
  readonly inBatches?: boolean;
}

/** A model ready to turn crops into embeddings. */
export interface Embedder {
  /**
   * The embeddings of crops of the model's input size, in order; normalised where the model's row says so.
   * `onDone` is called after each batch with the number of faces done.
   */
  embed(crops: readonly FaceCrop[], options?: EmbedOptions, onDone?: (done: number) => void): Promise<Embedding[]>;
  dispose(): void;
}

/** Compiles the row's network for one face. Throws what `engine.prepare` throws. */
export async function createEmbedder(
  engine: Engine,
  row: EmbedderRow,
  weights: Weights,
  precision?: Precision,
): Promise<Embedder> {
  const prepare = (batch: number): Promise<Executor> =>
    engine.prepare(embedderGraph(row, weights, batch), weights, precision ? { precision } : {});
  const single = await prepare(1);
  let many: Executor | null = null;

  return {
    async embed(crops, { flip = false, inBatches = false } = {}, onDone) {
      const inputs = flip ? crops.flatMap((crop) => [crop, flipCrop(crop)]) : crops;
      if (inBatches || inputs.length >= MANY) many ??= await prepare(BATCH);
      const vectors: Float32Array[] = [];
      while (vectors.length < inputs.length) {
        const left = inputs.length - vectors.length;
        // A batch with one seat empty is still quicker than seven singles.
        const batch = many && (inBatches || left >= BATCH - 1) ? BATCH : 1;
        const part = inputs.slice(vectors.length, vectors.length + batch).map((crop) => standardised(crop, row));
        vectors.push(...(await runBatch(batch === 1 ? single : many!, part, batch)));
        onDone?.(Math.floor(vectors.length / (flip ? 2 : 1)));
      }
      return crops.map((_, i) => {
        const vector = flip ? mean(vectors[2 * i]!, vectors[2 * i + 1]!) : vectors[i]!;
        return { modelId: row.id, vector: row.normalised ? l2Normalise(vector) : vector };
      });
    },
    dispose() {
      single.dispose();
      many?.dispose();
    },
  };
}

/** The row's network for `batch` crops; folded, or with batch norm, as its weights are. */
export function embedderGraph(row: EmbedderRow, weights: Weights, batch: number): Graph {
  if (row.architecture === 'mobileFaceNet') return mobileFaceNet({ batch });
  const folded = weights.has('InceptionResnetV1/Bottleneck/biases');
  const { embeddingSize, normalised: normalise, width = 1, inputSize: size } = row;
  return inceptionResnetV1({ batch, embeddingSize, folded, normalise, width, size });
}

function standardised({ data }: FaceCrop, { standardisation: { mean, divisor } }: EmbedderRow): Float32Array {
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    out[i] = (data[i]! - mean[0]) / divisor;
    out[i + 1] = (data[i + 1]! - mean[1]) / divisor;
    out[i + 2] = (data[i + 2]! - mean[2]) / divisor;
  }
  return out;
}

/** Left and right exchanged. */
export function flipCrop({ size, data }: FaceCrop): FaceCrop {
  const flipped = new Float32Array(data.length);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = (y * size + x) * 3;
      flipped.set(data.subarray(from, from + 3), (y * size + size - 1 - x) * 3);
    }
  }
  return { size, data: flipped };
}

function mean(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => (value + b[i]!) / 2);
}
