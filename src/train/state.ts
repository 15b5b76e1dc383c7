import * as tf from '@tensorflow/tfjs-core';
import { RandomStream } from '../core/random';
import type { TrainState } from '../core/types';
import type { Weights, WeightTensor } from '../core/weights';
import type { Graph } from '../nn/graph';
import { weightShapes } from '../nn/shapes';
import { uploadWeights } from '../nn/tfjsOps';
import type { TrainConfig } from './config/config';
import { firstSlots } from './optimisers';

/** The head, which classifies identities: `Logits/weights` [classes, d], and for softmax `Logits/biases` [classes]. */
export const HEAD = { weights: 'Logits/weights', biases: 'Logits/biases' } as const;
/** The name of the only tensor among the centres, [classes, d]. */
export const CENTRES = 'centres';

/** What is trained, and what stays as it is. */
export interface TrainModel {
  /** Input: pictures [n, …]; output: the prelogits [n, d]. */
  readonly graph: Graph;
  readonly classes: number;
  /** The weights that the optimiser moves, the head's among them. Running statistics always move by themselves. */
  readonly trainable: readonly string[];
}

export const TENSOR_GROUPS = ['weights', 'slots', 'averages', 'centres'] as const;

/** The state before the first step. `weights` holds all that the graph needs; the head is new unless it is there too. */
export function firstState(model: TrainModel, config: TrainConfig, weights: Weights): TrainState<tf.Tensor> {
  const random = new RandomStream(config.seed);
  const size = config.embeddingSize;
  const head: [string, WeightTensor][] = headShapes(model, config).map(([name, shape]) => [
    name,
    weights.get(name) ?? xavier(shape, random.next),
  ]);
  const tensors = uploadWeights(model.graph, new Map([...weights, ...head]));
  const moved = new Map(model.trainable.map((name) => [name, tensors.get(name)!]));
  return {
    weights: tensors,
    slots: firstSlots(config.optimiser, moved),
    averages: new Map(config.averageDecay > 0 ? [...moved].map(([name, tensor]) => [name, tf.clone(tensor)]) : []),
    centres: new Map(config.centreLoss > 0 ? [[CENTRES, tf.zeros([model.classes, size])]] : []),
    step: 0,
    random,
  };
}

/** New weights for a run from scratch: Xavier's uniform kernels, all else 0, variances 1. */
export function firstWeights(graph: Graph, random: () => number): Map<string, WeightTensor> {
  return new Map(
    [...weightShapes(graph)].map(([name, shape]): [string, WeightTensor] => {
      const tensor = xavier(shape, random);
      if (name.endsWith('variance')) tensor.data.fill(1);
      return [name, tensor];
    }),
  );
}

/** Names and shapes of the head's weights for the loss; none for triplets. */
export function headShapes(model: Pick<TrainModel, 'classes'>, config: TrainConfig): [string, number[]][] {
  const weights: [string, number[]] = [HEAD.weights, [model.classes, config.embeddingSize]];
  if (config.loss === 'triplet') return [];
  return config.loss === 'arcface' ? [weights] : [weights, [HEAD.biases, [model.classes]]];
}

export function disposeState(state: TrainState<tf.Tensor>): void {
  for (const group of TENSOR_GROUPS) {
    tf.dispose([...state[group].values()]);
    state[group].clear();
  }
}

/** Uniform within ±√(6 / (fan in + fan out)) for kernels [out, kh, kw, in] and matrices [out, in]; 0 for vectors. */
export function xavier(shape: readonly number[], random: () => number): WeightTensor & { readonly data: Float32Array } {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (shape.length > 1) {
    const [out, ...rest] = shape as [number, ...number[]];
    const area = rest.slice(0, -1).reduce((a, b) => a * b, 1);
    const bound = Math.sqrt(6 / (area * (out + rest.at(-1)!)));
    for (let i = 0; i < data.length; i++) data[i] = (2 * random() - 1) * bound;
  }
  return { dtype: 'float32', shape, data };
}
