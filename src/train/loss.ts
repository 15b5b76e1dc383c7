import * as tf from '@tensorflow/tfjs-core';
import type { Loss, Triplet } from '../core/types';
import { isLinear } from '../nn/graph';
import type { TrainConfig } from './config/config';
import { arcfaceLogits, cosines } from './losses/arcface';
import { centreLoss } from './losses/centre';
import { prelogitsNorm } from './losses/prelogitsNorm';
import { accuracy, softmaxCrossEntropy } from './losses/softmax';
import { tripletLoss } from './losses/triplet';
import { weightDecay } from './losses/weightDecay';
import { HEAD, type TrainModel } from './state';

interface LossInputs {
  readonly prelogits: tf.Tensor2D;
  readonly labels: readonly number[];
  readonly triplets: readonly Triplet[];
  readonly weights: ReadonlyMap<string, tf.Tensor>;
  readonly centres: tf.Tensor2D | undefined;
}

/** The loss of a configuration, term by term; to be called where a gradient is taken. */
export function trainingLoss(model: TrainModel, config: TrainConfig, inputs: LossInputs): Loss<tf.Scalar> {
  const { prelogits, labels, weights, centres } = inputs;
  const main = mainLoss(config, inputs);
  const terms: Record<string, tf.Scalar> = { [config.loss]: main.loss };
  if (centres) terms['centre'] = tf.mul(centreLoss(prelogits, centres, labels), config.centreLoss);
  if (config.prelogitsNorm > 0)
    terms['prelogitsNorm'] = tf.mul(prelogitsNorm(prelogits, config.prelogitsPower), config.prelogitsNorm);
  if (config.weightDecay > 0)
    terms['weightDecay'] = tf.mul(
      weightDecay(trainableKernels(model).map((name) => weights.get(name)!)),
      config.weightDecay,
    );
  const [first, ...rest] = Object.values(terms) as [tf.Scalar, ...tf.Scalar[]];
  return { total: rest.reduce((sum, term) => tf.add(sum, term), first), terms, accuracy: main.accuracy };
}

function mainLoss(
  config: TrainConfig,
  { prelogits, labels, triplets, weights }: LossInputs,
): { loss: tf.Scalar; accuracy: tf.Scalar | null } {
  const head = weights.get(HEAD.weights) as tf.Tensor2D;
  switch (config.loss) {
    case 'triplet': {
      const length = tf.sqrt(tf.maximum(tf.sum(tf.square(prelogits), -1, true), 1e-10));
      return { loss: tripletLoss(tf.div(prelogits, length), triplets, config.triplet.margin), accuracy: null };
    }
    case 'arcface': {
      const logits = arcfaceLogits(prelogits, head, labels, config.arcface);
      return {
        loss: softmaxCrossEntropy(logits, labels, config.labelSmoothing),
        accuracy: accuracy(cosines(prelogits, head), labels),
      };
    }
    case 'softmax': {
      const logits = tf.add<tf.Tensor2D>(tf.matMul(prelogits, head, false, true), weights.get(HEAD.biases)!);
      return {
        loss: softmaxCrossEntropy(logits, labels, config.labelSmoothing),
        accuracy: accuracy(logits, labels),
      };
    }
  }
}

/** The kernels and matrices that are trained: what weight decay penalises. */
function trainableKernels({ graph, trainable }: TrainModel): string[] {
  const kernels = new Set<string>([HEAD.weights]);
  for (const node of graph.nodes) if (isLinear(node)) kernels.add(node.weights);
  return trainable.filter((name) => kernels.has(name));
}
