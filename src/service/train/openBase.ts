import type { CallContext } from '../../core/call';
import type { Cohort } from '../../core/cohort';
import { badValue } from '../../core/errors';
import { PRECISIONS } from '../../core/types';
import type { Weights, WeightTensor } from '../../core/weights';
import type { Graph } from '../../nn/graph';
import { completeConfig, type TrainConfig } from '../../train/config/config';
import { embeddingSizeOf, scratchBase, weightsBase, type Base } from '../../train/plan';
import type { CohortBefore } from '../../evaluate/cohort/mapCohort';
import { ownCohort } from '../../weights/cohorts';
import { readSafetensors } from '../../weights/formats/safetensors';
import { loadWeights } from '../../weights/load';
import { choosePrecision, findFiles } from '../../weights/present';
import type { EmbedderRow } from '../../weights/modelRow';
import { findEmbedder } from '../../weights/registry';
import { isTrainedFile, readInfo, trainedRow } from '../../weights/trained';
import { trainedCohortOf, type TrainedCohort } from '../../weights/trainedCohort';
import { loadingProgress } from '../loadingProgress';
import { siteCohort } from '../siteCohort';

/** Where a run begins. */
export type TrainBase =
  /** A model of the registry, folded: the finest file that is here. */
  | { readonly kind: 'model'; readonly id: string }
  /**
   * Weights of our own: a safetensors file in our names (what `weights` gives, or an export). Folded or not is seen from
   * its names. A head in it is kept: `people` names its rows, in order; who is new gets a new row. `size`: side of its
   * input (default 160).
   */
  | {
      readonly kind: 'weights';
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly people?: readonly string[];
      readonly size?: number;
    }
  /** Inception-ResNet-v1 with live batch norm; `width` (0–1, default 1) scales its channels, `size` its input (default 160). */
  | { readonly kind: 'scratch'; readonly width?: number; readonly size?: number }
  /** Any network from pictures to prelogits, for tests; `cuts` names where it may be frozen. */
  | {
      readonly kind: 'graph';
      readonly graph: Graph;
      readonly weights: ReadonlyMap<string, WeightTensor>;
      readonly cuts: readonly string[];
    };

export interface BaseContext extends CallContext {
  readonly modelsUrl: string;
}

/** A run's beginning. */
export interface Beginning {
  readonly base: Base;
  readonly config: TrainConfig;
  /** By which the base's distances are evened out; null: plain distances decide. */
  readonly cohort: BaseCohort | null;
}

export interface BaseCohort extends CohortBefore {
  /** What the file of a model says whose embeddings are the base's own numbers. */
  readonly said: TrainedCohort;
}

/** The configuration in full: an embedding size that it does not give is that of the weights. */
function configFor(given: unknown, embeddingSize: number | null): TrainConfig {
  const config = completeConfig(given);
  const isGiven = typeof given === 'object' && given !== null && 'embeddingSize' in given;
  return isGiven || embeddingSize === null ? config : { ...config, embeddingSize };
}

/** The network, its configuration and cohort. Throws `config/…`, `weights/no-cohort`, loadWeights' errors. */
export async function openBase(base: TrainBase, given: unknown, context: BaseContext): Promise<Beginning> {
  switch (base.kind) {
    case 'scratch': {
      const config = completeConfig(given);
      return { base: scratchBase(config, base), config, cohort: null };
    }
    case 'weights':
      return ofFile(base, given, context);
    case 'model': {
      completeConfig(given);
      const opened = ofWeights(await loadModel(base.id, context), given, {});
      return { ...opened, cohort: await cohortOf(findEmbedder(base.id), null, opened.config, context) };
    }
    case 'graph': {
      const { graph, weights, cuts } = base;
      return { base: { graph, weights, cuts, folded: false }, config: completeConfig(given), cohort: null };
    }
  }
}

/** A file says of itself what evens its distances out, where this program wrote it. */
async function ofFile(
  base: Extract<TrainBase, { kind: 'weights' }>,
  given: unknown,
  context: BaseContext,
): Promise<Beginning> {
  const name = 'the weights';
  const weights = readSafetensors(base.bytes, name);
  const opened = ofWeights(weights, given, base);
  if (!isTrainedFile(base.bytes)) return { ...opened, cohort: null };
  const row = trainedRow(readInfo(base.bytes, name), {});
  return { ...opened, cohort: await cohortOf(row, ownCohort(row, weights, name), opened.config, context) };
}

/** None for embeddings of another size than the base's. `own` is that in the base's file. */
async function cohortOf(
  row: EmbedderRow,
  own: Cohort | null,
  { embeddingSize }: TrainConfig,
  { modelsUrl, signal }: BaseContext,
): Promise<BaseCohort | null> {
  const said = trainedCohortOf(row);
  if (!row.cohort || !said || embeddingSize !== row.embeddingSize) return null;
  const cohort = 'own' in row.cohort ? own : await siteCohort(row.cohort, modelsUrl, { signal });
  const { calibration } = row.cohort;
  return cohort && { cohort, calibration, estimatedBelow: 'own' in row.cohort ? row.cohort.estimatedBelow : 0, said };
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
  if (row.architecture !== 'inceptionResnetV1') throw badValue('base', id, 'only FaceNet’s network can be trained');
  const files = await findFiles(modelsUrl, signal);
  const finest = PRECISIONS.find((precision) => files.all.get(id)?.includes(precision));
  const precision = choosePrecision(row, files, 'wasm', finest);
  return loadWeights(row, precision, { modelsUrl, signal, onProgress: loadingProgress(row, progress) });
}
