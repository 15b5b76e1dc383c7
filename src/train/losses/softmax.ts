import * as tf from '@tensorflow/tfjs-core';

/**
 * Mean softmax cross-entropy over identities, natural logarithm. `logits` [n, classes]; `labels` n class numbers.
 * `smoothing` ε spreads ε of each target's probability evenly over all classes (0 as in the original). A scalar.
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: ArrayLike<number>, smoothing = 0): tf.Scalar {
  return tf.tidy(() => {
    const classes = logits.shape[1];
    const target = oneHot(labels, classes);
    // Not tf.logSoftmax, whose kernel the WASM backend lacks.
    const normaliser = tf.logSumExp(logits, -1);
    const right = tf.sum(tf.mul(logits, target), -1);
    if (smoothing === 0) return tf.mean(tf.sub(normaliser, right));
    const expected = tf.add(tf.mul(right, 1 - smoothing), tf.mul(tf.mean(logits, -1), smoothing));
    return tf.mean(tf.sub(normaliser, expected));
  });
}

/** [n, classes] of 0 and 1. Not tf.oneHot, whose WASM kernel writes whole numbers where float32 is asked for. */
export function oneHot(labels: ArrayLike<number>, classes: number): tf.Tensor2D {
  const rows = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) rows[i * classes + labels[i]!] = 1;
  return tf.tensor2d(rows, [labels.length, classes]);
}

/** The share of rows whose largest logit is the label's. A scalar. */
export function accuracy(logits: tf.Tensor2D, labels: ArrayLike<number>): tf.Scalar {
  return tf.tidy(() => {
    const right = tf.equal(tf.argMax(logits, -1), tf.tensor1d(Int32Array.from(labels), 'int32'));
    return tf.mean(tf.cast(right, 'float32'));
  });
}
