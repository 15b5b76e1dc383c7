import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { FaceError } from '../core/errors';
import type { Batch, Inputs, Loss, TrainState, Triplet } from '../core/types';
import { runGraph } from '../nn/tfjsOps';
import type { TrainConfig } from './config/config';
import { moveCentres } from './losses/centre';
import { selectTriplets } from './losses/selectTriplets';
import { moveStatistics, runTraining, type BatchStatistics } from './network';
import { trainingLoss } from './loss';
import { clipped, globalNorm, moveAverages, optimise } from './optimisers';
import { CENTRES, type TrainModel } from './state';

/** A loss this large is beyond recovery. */
const EXPLODED = 1e6;

/** The figures of a step. */
export interface StepReport {
  /** Number of the step, from 1. */
  readonly step: number;
  /** All terms together, and each term by name as it counts in the sum; means over the accumulated batches. */
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  /** Share of the pictures given the right identity; null for triplets. */
  readonly accuracy: number | null;
  /** Global norm of the gradients before clipping. */
  readonly gradientNorm: number;
}

/**
 * One step over `batches`, whose gradients are averaged: changes `state`. Throws `train/diverged`, with the state
 * untouched, when the loss or a gradient is not a finite number, or the loss has grown beyond all measure.
 */
export async function trainStep(
  model: TrainModel,
  config: TrainConfig,
  state: TrainState<tf.Tensor>,
  batches: readonly Batch[],
  rate: number,
): Promise<StepReport> {
  const passes: Pass[] = [];
  let gradients = new Map<string, tf.Tensor>();
  let norm: tf.Scalar | undefined;
  try {
    for (const batch of batches) {
      const pass = backward(model, config, state, batch, await mine(model, config, state, batch));
      passes.push(pass);
      gradients = added(gradients, pass.gradients);
    }
    gradients = scaled(gradients, 1 / batches.length);
    norm = globalNorm(gradients.values());
    const report = await reportOf(state.step + 1, passes, norm);
    if (!(report.loss < EXPLODED) || !Number.isFinite(report.gradientNorm))
      throw new FaceError('train/diverged', { step: report.step, loss: String(report.loss) });
    if (config.clipNorm > 0) {
      const limited = clipped(gradients, norm, config.clipNorm);
      tf.dispose([...gradients.values()]);
      gradients = limited;
    }
    state.step++;
    optimise(state.weights, gradients, state.slots, { optimiser: config.optimiser, rate, step: state.step });
    for (const pass of passes) settle(config, state, pass);
    moveAverages(state.averages, state.weights, config.averageDecay, state.step);
    return report;
  } finally {
    norm?.dispose();
    tf.dispose([...gradients.values()]);
    for (const pass of passes) {
      tf.dispose([pass.prelogits, ...Object.values(pass.terms), ...pass.statistics.values()]);
      pass.accuracy?.dispose();
    }
  }
}

interface Pass extends Pick<Loss<tf.Scalar>, 'terms' | 'accuracy'> {
  readonly labels: readonly number[];
  readonly gradients: Map<string, tf.Tensor>;
  readonly prelogits: tf.Tensor2D;
  readonly statistics: BatchStatistics;
}

function backward(
  model: TrainModel,
  config: TrainConfig,
  state: TrainState<tf.Tensor>,
  { data, shape, labels }: Batch,
  triplets: readonly Triplet[],
): Pass {
  const statistics: BatchStatistics = new Map();
  let kept: Pick<Pass, 'terms' | 'accuracy' | 'prelogits'> | undefined;
  const gradients = new Map<string, tf.Tensor>();
  tf.tidy(() => {
    const input = tf.tensor(data, [...shape]);
    const forward = (...values: tf.Tensor[]): tf.Scalar => {
      const weights = new Map(state.weights);
      model.trainable.forEach((name, i) => weights.set(name, values[i]!));
      const [prelogits] = runTraining(model.graph, weights, [input], { random: state.random.next, statistics });
      const loss = trainingLoss(model, config, {
        prelogits: prelogits as tf.Tensor2D,
        labels,
        triplets,
        weights,
        centres: state.centres.get(CENTRES) as tf.Tensor2D | undefined,
      });
      tf.keep(prelogits!);
      for (const tensor of [loss.accuracy, ...Object.values(loss.terms)]) if (tensor) tf.keep(tensor);
      kept = { terms: loss.terms, accuracy: loss.accuracy, prelogits: prelogits as tf.Tensor2D };
      return loss.total;
    };
    const { grads } = tf.valueAndGrads(forward)(model.trainable.map((name) => state.weights.get(name)!));
    model.trainable.forEach((name, i) => gradients.set(name, tf.keep(grads[i]!)));
  });
  return { labels, gradients, statistics, ...kept! };
}

/** The batch's triplets, by embeddings in inference mode; the original's are those of training mode. */
async function mine(
  model: TrainModel,
  config: TrainConfig,
  state: TrainState<tf.Tensor>,
  batch: Batch,
): Promise<Triplet[]> {
  if (config.loss !== 'triplet') return [];
  if (batch.triplets) return [...batch.triplets];
  const embeddings = await embedRows(model, state, batch);
  return selectTriplets(embeddings, batch.labels, { ...config.triplet, random: state.random.next });
}

/** The embeddings, of length 1 and in inference mode, by the state's weights: a row for each input. */
export async function embedRows(
  model: TrainModel,
  state: TrainState<tf.Tensor>,
  { data, shape }: Inputs,
): Promise<Float32Array> {
  const embeddings = tf.tidy(() => {
    const [prelogits] = runGraph(model.graph, state.weights, [tf.tensor(data, [...shape])], { free: true });
    return tf.div(prelogits!, tf.norm(prelogits!, 2, -1, true));
  });
  const rows = await embeddings.data<'float32'>();
  embeddings.dispose();
  return rows;
}

/** What moves without a gradient: running statistics and centres. */
function settle(config: TrainConfig, state: TrainState<tf.Tensor>, { statistics, prelogits, labels }: Pass): void {
  moveStatistics(state.weights, statistics, config.batchNormDecay);
  const centres = state.centres.get(CENTRES) as tf.Tensor2D | undefined;
  if (!centres) return;
  state.centres.set(CENTRES, moveCentres(centres, prelogits, labels, config.centreAlpha));
  centres.dispose();
}

async function reportOf(step: number, passes: readonly Pass[], norm: tf.Scalar): Promise<StepReport> {
  const read = async (scalar: tf.Scalar) => (await scalar.data<'float32'>())[0]!;
  const mean = async (scalars: readonly tf.Scalar[]) =>
    (await Promise.all(scalars.map(read))).reduce((a, b) => a + b, 0) / scalars.length;
  const terms: Record<string, number> = {};
  for (const name of Object.keys(passes[0]!.terms)) terms[name] = await mean(passes.map((pass) => pass.terms[name]!));
  const accuracies = passes.flatMap(({ accuracy }) => (accuracy ? [accuracy] : []));
  return {
    step,
    loss: Object.values(terms).reduce((a, b) => a + b, 0),
    terms,
    accuracy: accuracies.length > 0 ? await mean(accuracies) : null,
    gradientNorm: await read(norm),
  };
}

/** The sums, by name, in place of both. */
function added(sums: Map<string, tf.Tensor>, next: Map<string, tf.Tensor>): Map<string, tf.Tensor> {
  if (sums.size === 0) return next;
  return replaced(sums, (sum, name) => {
    const total = tf.add(sum, next.get(name)!);
    next.get(name)!.dispose();
    return total;
  });
}

function scaled(gradients: Map<string, tf.Tensor>, factor: number): Map<string, tf.Tensor> {
  return factor === 1 ? gradients : replaced(gradients, (gradient) => tf.mul(gradient, factor));
}

function replaced(
  tensors: Map<string, tf.Tensor>,
  f: (tensor: tf.Tensor, name: string) => tf.Tensor,
): Map<string, tf.Tensor> {
  for (const [name, tensor] of tensors) {
    tensors.set(name, f(tensor, name));
    tensor.dispose();
  }
  return tensors;
}
