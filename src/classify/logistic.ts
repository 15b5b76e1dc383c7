import { minimise } from './lbfgs';
import type { Plane } from './linearSvm';
import type { Samples } from './samples';

/** `scores` become probabilities that sum to 1, in place. */
export function softmax(scores: Float64Array): Float64Array {
  let most = -Infinity;
  for (const score of scores) most = Math.max(most, score);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += scores[i] = Math.exp(scores[i]! - most);
  for (let i = 0; i < scores.length; i++) scores[i]! /= sum;
  return scores;
}

/**
 * Value and gradient of multinomial logistic regression: ½ ‖W‖² + cost · Σ −log p(class of i), the biases free, as
 * scikit-learn has it. Parameters are the planes one after the other, each its weights and then its bias.
 */
export function logisticObjective(
  { count, size, vectors, labels, classes }: Samples,
  cost: number,
): (parameters: Float64Array, gradient: Float64Array) => number {
  const k = classes.length;
  const stride = size + 1;
  const scores = new Float64Array(k);
  return (parameters, gradient) => {
    let value = 0;
    for (let c = 0; c < k; c++) {
      for (let d = 0; d < size; d++) {
        const weight = parameters[c * stride + d]!;
        value += 0.5 * weight * weight;
        gradient[c * stride + d] = weight;
      }
      gradient[c * stride + size] = 0;
    }
    for (let i = 0; i < count; i++) {
      const at = i * size;
      for (let c = 0; c < k; c++) {
        let score = parameters[c * stride + size]!;
        for (let d = 0; d < size; d++) score += parameters[c * stride + d]! * vectors[at + d]!;
        scores[c] = score;
      }
      softmax(scores);
      value -= cost * Math.log(Math.max(scores[labels[i]!]!, 1e-300));
      for (let c = 0; c < k; c++) {
        const slope = cost * (scores[c]! - (c === labels[i] ? 1 : 0));
        if (Math.abs(slope) < 1e-12) continue;
        for (let d = 0; d < size; d++) gradient[c * stride + d]! += slope * vectors[at + d]!;
        gradient[c * stride + size]! += slope;
      }
    }
    return value;
  };
}

/** One plane a class; the softmax of their values is the probability. */
export function trainLogistic(samples: Samples, cost: number): Plane[] {
  const stride = samples.size + 1;
  const start = new Float64Array(samples.classes.length * stride);
  const found = minimise(logisticObjective(samples, cost), start, { tolerance: 1e-4, maxRounds: 200 });
  return samples.classes.map((_, c) => ({
    weights: found.slice(c * stride, c * stride + samples.size),
    bias: found[c * stride + samples.size]!,
  }));
}
