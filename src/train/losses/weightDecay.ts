import * as tf from '@tensorflow/tfjs-core';

/** ½‖w‖², summed over the kernels (convolutions and dense matrices; never biases, beta or statistics). A scalar. */
export function weightDecay(kernels: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => {
    const halves = kernels.map((kernel) => tf.mul<tf.Scalar>(tf.sum(tf.square(kernel)), 0.5));
    return halves.reduce((sum, half) => tf.add(sum, half), tf.scalar(0));
  });
}
