import * as tf from '@tensorflow/tfjs-core';
import type { Graph } from '../nn/graph';
import { runGraph, type OpTable, type Tensors } from '../nn/tfjsOps';

/** Mean and variance of the batch at each batch norm, by the names of the running statistics that they move. */
export type BatchStatistics = Map<string, tf.Tensor>;

export interface TrainingRun {
  /** Uniform in [0, 1): which features dropout keeps. */
  readonly random: () => number;
  /** Receives the batch's statistics, kept: the caller disposes of them. */
  readonly statistics: BatchStatistics;
}

/**
 * The outputs of the graph in training mode, to be differentiated: batch norm by the batch's own mean and variance
 * (over all but the channels, variance divided by the count), dropout at work. Only a graph with batch norm nodes has
 * that mode; a folded one runs as in inference.
 */
export function runTraining(
  graph: Graph,
  weights: Tensors,
  inputs: readonly tf.Tensor[],
  { random, statistics }: TrainingRun,
): tf.Tensor[] {
  const ops: Partial<OpTable> = {
    batchNorm: (node, [x]) => {
      const { value, mean, variance } = batchNormalise(x!, weights.get(node.beta)!, node.epsilon);
      statistics.set(node.mean, tf.keep(mean));
      statistics.set(node.variance, tf.keep(variance));
      return value;
    },
    dropout: (node, [x]) => {
      if (node.keep === 1) return tf.clone(x!);
      const mask = Float32Array.from({ length: x!.size }, () => (random() < node.keep ? 1 / node.keep : 0));
      return tf.mul(x!, tf.tensor(mask, x!.shape));
    },
  };
  // What no gradient needs is freed on the way: the tape holds what it needs itself.
  return runGraph(graph, weights, inputs, { ops, free: true });
}

/**
 * The running statistics after a batch: running · decay + batch's · (1 − decay). The variance as it is, divided by the
 * count, as the original's fused = False does. Disposes of both the old ones and the batch's.
 */
export function moveStatistics(weights: Map<string, tf.Tensor>, statistics: BatchStatistics, decay: number): void {
  for (const [name, batch] of statistics) {
    const running = weights.get(name)!;
    weights.set(
      name,
      tf.tidy(() => tf.add(tf.mul(running, decay), tf.mul(batch, 1 - decay))),
    );
    tf.dispose([running, batch]);
  }
  statistics.clear();
}

/**
 * Batch norm over all but the last axis, without gamma. One operation to the tape, which keeps only the result: x̂ is
 * that less beta, and dx = (dy − mean(dy) − x̂ · mean(dy · x̂)) / √(variance + epsilon).
 */
function batchNormalise(x: tf.Tensor, beta: tf.Tensor, epsilon: number) {
  const [mean, variance] = tf.tidy(() => {
    const m = channelMean(x);
    return [m, channelMean(tf.squaredDifference(x, m))];
  });
  const normalise = tf.customGrad((input, shift, save) => {
    // Not tf.batchNorm: with its WASM kernel the gradients were less exact (median 1.1e-4, not 1.6e-5, from PyTorch's).
    const value = tf.add(
      tf.mul(tf.sub(input as tf.Tensor, mean), tf.rsqrt(tf.add(variance, epsilon))),
      shift as tf.Tensor,
    );
    (save as tf.GradSaveFunc)([value, shift as tf.Tensor]);
    // In a tidy of its own: the tape would hold everything on the way until its end.
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) =>
      tf.tidy(() => {
        const [result, offset] = saved as [tf.Tensor, tf.Tensor];
        const unit = tf.sub(result, offset);
        const meanDy = channelMean(dy);
        const along = tf.mul(unit, channelMean(tf.mul(dy, unit)));
        const dx = tf.mul(tf.sub(tf.sub(dy, meanDy), along), tf.rsqrt(tf.add(variance, epsilon)));
        return [dx, tf.mul(meanDy, dy.size / offset.size)];
      });
    return { value, gradFunc };
  });
  return { value: normalise(x, beta), mean, variance };
}

/** The mean over all but the last axis, [c]. One axis after the other: a single long float32 sum would lose digits. */
function channelMean(x: tf.Tensor): tf.Tensor {
  return x.rank === 1 ? x : channelMean(tf.mean(x, -2));
}
