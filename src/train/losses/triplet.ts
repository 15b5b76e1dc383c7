import * as tf from '@tensorflow/tfjs-core';
import type { Triplet } from '../../core/types';
import { oneHot } from './softmax';

/**
 * FaceNet's triplet loss: the mean over triplets of max(d²ap − d²an + margin, 0), squared Euclidean distances.
 * `embeddings` [n, d], of length 1; the triplets name its rows. A scalar; 0 without triplets.
 */
export function tripletLoss(embeddings: tf.Tensor2D, triplets: readonly Triplet[], margin: number): tf.Scalar {
  return tf.tidy(() => {
    if (triplets.length === 0) return tf.mul(tf.sum(embeddings), 0);
    const [anchors, positives, negatives] = (['anchor', 'positive', 'negative'] as const).map((role) =>
      rows(
        embeddings,
        triplets.map((triplet) => triplet[role]),
      ),
    ) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const near = tf.sum(tf.squaredDifference(anchors, positives), -1);
    const far = tf.sum(tf.squaredDifference(anchors, negatives), -1);
    return tf.mean(tf.relu(tf.add(tf.sub(near, far), margin)));
  });
}

/** Rows by number as a product with a matrix of 0 and 1: the gradient of tf.gather is missing on the WASM backend. */
function rows(x: tf.Tensor2D, numbers: readonly number[]): tf.Tensor2D {
  return tf.matMul(oneHot(numbers, x.shape[0]), x);
}
