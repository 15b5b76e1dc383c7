import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from './softmax';

// Keeps the derivative of the sine finite where an embedding meets its class's direction.
const LEAST_SINE_SQUARED = 1e-7;

export interface ArcfaceOptions {
  /** m, radians, added to the angle to the right class; .5 in the paper. */
  readonly margin: number;
  /** s, the length to which the cosines are stretched; 64 in the paper. */
  readonly scale: number;
}

/**
 * ArcFace's logits [n, classes] (Deng et al. 2019), for `softmaxCrossEntropy`: s·cos θ for the other classes and
 * s·cos(θ + m) for the right one; where θ + m passes π, s·(cos θ − m·sin m), which keeps falling. `embeddings` [n, d]
 * and `directions` [classes, d] need not have length 1.
 */
export function arcfaceLogits(
  embeddings: tf.Tensor2D,
  directions: tf.Tensor2D,
  labels: ArrayLike<number>,
  { margin, scale }: ArcfaceOptions,
): tf.Tensor2D {
  return tf.tidy(() => {
    const cos = cosines(embeddings, directions);
    const sin = tf.sqrt(tf.maximum(tf.sub(1, tf.square(cos)), LEAST_SINE_SQUARED));
    const turned = tf.sub(tf.mul(cos, Math.cos(margin)), tf.mul(sin, Math.sin(margin)));
    const beyond = tf.sub(cos, margin * Math.sin(margin));
    // Not tf.where, whose gradient needs all of tfjs.
    const within = tf.cast(tf.greaterEqual(cos, Math.cos(Math.PI - margin)), 'float32');
    const withMargin = tf.add(beyond, tf.mul(within, tf.sub(turned, beyond)));
    const target = oneHot(labels, directions.shape[0]);
    return tf.mul(tf.add(cos, tf.mul(target, tf.sub(withMargin, cos))), scale);
  });
}

/** Cosines of the angles between each row of `a` [n, d] and each of `b` [k, d]: [n, k]. */
export function cosines(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.matMul(unit(a), unit(b), false, true));
}

function unit(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.div(rows, tf.sqrt(tf.maximum(tf.sum(tf.square(rows), -1, true), 1e-10)));
}
