import * as tf from '@tensorflow/tfjs-core';

// The original's, which keeps the gradient of a fractional power finite at zero.
const EPSILON = 1e-4;

/** The batch mean of the p-norm of |prelogits| + 1e-4. `prelogits` [n, d]; p = 1 in the original's recipes. A scalar. */
export function prelogitsNorm(prelogits: tf.Tensor2D, p = 1): tf.Scalar {
  return tf.tidy(() => {
    const size = tf.add(tf.abs(prelogits), EPSILON);
    const norm = p === 1 ? tf.sum(size, -1) : tf.pow(tf.sum(tf.pow(size, p), -1), 1 / p);
    return tf.mean(norm);
  });
}
