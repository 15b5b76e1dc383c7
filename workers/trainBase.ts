import { FaceError } from '../src/core/errors';
import { PRECISIONS } from '../src/core/types';
import type { Weights } from '../src/core/weights';
import { completeConfig, type TrainConfig } from '../src/train/config';
import { embeddingSizeOf, scratchBase, weightsBase, type Base } from '../src/train/plan';
import { readSafetensors } from '../src/weights/formats/safetensors';
import { loadWeights } from '../src/weights/load';
import { choosePrecision, findFiles } from '../src/weights/present';
import { findEmbedder } from '../src/weights/rows';
import type { Progress } from './protocol';
import type { TrainBase } from './trainProtocol';

export interface BaseContext {
  readonly modelsUrl: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

/** The configuration in full: an embedding size that it does not give is that of the weights. */
function configFor(given: unknown, embeddingSize: number | null): TrainConfig {
  const config = completeConfig(given);
  const isGiven = typeof given === 'object' && given !== null && 'embeddingSize' in given;
  return isGiven || embeddingSize === null ? config : { ...config, embeddingSize };
}

/**
 * The network to train and the whole configuration. Throws `config/…`, loadWeights' errors, and `config/bad-value` for a
 * model that is not an Inception-ResNet-v1.
 */
export async function openBase(
  base: TrainBase,
  given: unknown,
  context: BaseContext,
): Promise<{ readonly base: Base; readonly config: TrainConfig }> {
  switch (base.kind) {
    case 'scratch': {
      const config = completeConfig(given);
      return { base: scratchBase(config, base), config };
    }
    case 'weights':
      return ofWeights(readSafetensors(base.bytes, 'the weights'), given, base);
    case 'model':
      completeConfig(given);
      return ofWeights(await loadModel(base.id, context), given, {});
    case 'graph': {
      const { graph, weights, cuts } = base;
      return { base: { graph, weights, cuts, folded: false }, config: completeConfig(given) };
    }
  }
}

function ofWeights(
  weights: Weights,
  given: unknown,
  options: { readonly size?: number; readonly people?: readonly string[] },
): { readonly base: Base; readonly config: TrainConfig } {
  const config = configFor(given, embeddingSizeOf(weights));
  return { base: weightsBase(config, weights, options), config };
}

async function loadModel(id: string, { modelsUrl, signal, progress }: BaseContext): Promise<Weights> {
  const row = findEmbedder(id);
  if (row.architecture !== 'inceptionResnetV1')
    throw new FaceError('config/bad-value', {
      key: 'base',
      value: id,
      reason: 'only FaceNet’s network can be trained',
    });
  const files = await findFiles(modelsUrl, signal);
  const finest = PRECISIONS.find((precision) => files.all.get(id)?.includes(precision));
  const precision = choosePrecision(row, files, 'wasm', finest);
  let told = 0;
  const onProgress = (done: number, total: number) => {
    if (done < total && done - told < total / 100) return;
    told = done;
    progress({ stage: `Loading ${row.title}`, done, total, unit: 'bytes' });
  };
  return loadWeights(row, precision, { modelsUrl, signal, onProgress });
}
