import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from './softmax';

/**
 * The original's centre loss: the mean over rows and features of (f − c)², c being the centre of the row's identity.
 * `features` [n, d], `centres` [classes, d], which no gradient goes to: `moveCentres` moves them. A scalar.
 */
export function centreLoss(features: tf.Tensor2D, centres: tf.Tensor2D, labels: ArrayLike<number>): tf.Scalar {
  return tf.tidy(() => tf.mean(tf.squaredDifference(features, centresOf(centres, labels))));
}

/**
 * The centres after a batch: each moves by (1 − alpha)(c − f), summed over the batch's rows of its identity (TF's
 * scatter_sub). They start at zero; alpha is .95 in the original. A new tensor.
 */
export function moveCentres(
  centres: tf.Tensor2D,
  features: tf.Tensor2D,
  labels: ArrayLike<number>,
  alpha: number,
): tf.Tensor2D {
  return tf.tidy(() => {
    const away = tf.sub(centresOf(centres, labels), features);
    const sums = tf.matMul(oneHot(labels, centres.shape[0]), away, true);
    return tf.sub(centres, tf.mul(sums, 1 - alpha));
  });
}

function centresOf(centres: tf.Tensor2D, labels: ArrayLike<number>): tf.Tensor2D {
  return tf.gather(centres, tf.tensor1d(Int32Array.from(labels), 'int32'));
}
