import { softmax } from './softmax';

const SMALLEST = 0.1;
const LARGEST = 1000;
const STEPS = 40;

/** Mean of −log of the probability that the softmax of `slope` · scores gives to the true class. */
export function meanLogLoss(scores: readonly Float64Array[], truth: ArrayLike<number>, slope: number): number {
  let sum = 0;
  for (const [i, row] of scores.entries())
    sum -= Math.log(Math.max(softmax(row.map((score) => slope * score))[truth[i]!]!, 1e-12));
  return sum / scores.length;
}

/**
 * The slope that makes scores into the most truthful probabilities: Platt's idea for many classes (temperature scaling, Guo
 * et al., 2017). Golden-section search over its logarithm: the loss has one valley.
 */
export function fitSlope(scores: readonly Float64Array[], truth: ArrayLike<number>): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  const loss = (logarithm: number): number => meanLogLoss(scores, truth, Math.exp(logarithm));
  let [low, high] = [Math.log(SMALLEST), Math.log(LARGEST)];
  let [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [lossA, lossB] = [loss(a), loss(b)];
  for (let step = 0; step < STEPS; step++) {
    if (lossA <= lossB) {
      [high, b, lossB] = [b, a, lossA];
      a = high - ratio * (high - low);
      lossA = loss(a);
    } else {
      [low, a, lossA] = [a, b, lossB];
      b = low + ratio * (high - low);
      lossB = loss(b);
    }
  }
  return Math.exp((low + high) / 2);
}
