import { minimise } from './lbfgs';
import type { Samples } from './samples';
import { softmax } from './softmax';
import { spannedBy, type Subspace } from './subspace';

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

/** A gradient that no longer changes an answer; finer ones take several times as long. */
const TOLERANCE = 1e-2;
const MAX_ROUNDS = 100;
/** Largest part of an embedding of length 1 outside the trained directions. */
const REST = 0.01;

/** The parameters of the least objective, trained in the directions that the samples span. */
export function trainLogistic(samples: Samples, cost: number): Float32Array {
  const spanned = spannedBy(samples, REST);
  const start = new Float64Array(samples.classes.length * (spanned.rank + 1));
  const objective = logisticObjective(spanned.samples, cost);
  const found = minimise(objective, start, { tolerance: TOLERANCE, maxRounds: MAX_ROUNDS });
  return inAllDirections(found, spanned, samples);
}

/** Parameters trained in a basis, as parameters of the embeddings themselves. */
function inAllDirections(
  parameters: Float64Array,
  { rank, basis }: Subspace,
  { size, classes }: Samples,
): Float32Array {
  const all = new Float32Array(classes.length * (size + 1));
  for (let c = 0; c < classes.length; c++) {
    const [from, to] = [c * (rank + 1), c * (size + 1)];
    for (let k = 0; k < rank; k++)
      for (let d = 0; d < size; d++) all[to + d]! += parameters[from + k]! * basis[k * size + d]!;
    all[to + size] = parameters[from + rank]!;
  }
  return all;
}

/** The value of each class's plane; their softmax is the probability. */
export function logisticScores(parameters: Float32Array, classes: number, vector: ArrayLike<number>): Float64Array {
  const stride = parameters.length / classes;
  return Float64Array.from({ length: classes }, (_, c) => {
    let value = parameters[(c + 1) * stride - 1]!;
    for (let d = 0; d < stride - 1; d++) value += parameters[c * stride + d]! * vector[d]!;
    return value;
  });
}
