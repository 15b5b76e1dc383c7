import { mulberry32, shuffledIndices } from '../core/random';

export interface SvmOptions {
  /** Cost of a sample on the wrong side of the margin; scikit-learn's default, and the original's, is 1. */
  readonly cost: number;
  readonly seed: number;
  /** Ends when no sample's projected gradient is larger, or after `maxRounds`. */
  readonly tolerance?: number;
  readonly maxRounds?: number;
}

/** A hyperplane: w · x + bias, positive on the side of the class. */
export interface Plane {
  readonly weights: Float64Array;
  readonly bias: number;
}

/**
 * Linear support vector machine with hinge loss: least ½ ‖(w, b)‖² + cost · Σ max(0, 1 − y (w · x + b)), solved by dual
 * coordinate descent (Hsieh et al., 2008, liblinear's). The bias is a weight on a constant 1, and so is held small as the
 * others are. `signs[i]` is +1 or −1; row i of `vectors` has `size` numbers.
 */
export function trainSvm(
  vectors: Float32Array,
  size: number,
  signs: Int8Array,
  { cost, seed, tolerance = 1e-3, maxRounds = 1000 }: SvmOptions,
): Plane {
  const n = signs.length;
  const random = mulberry32(seed);
  const weights = new Float64Array(size);
  let bias = 0;
  const alpha = new Float64Array(n);
  const norms = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 1;
    for (let k = i * size; k < (i + 1) * size; k++) sum += vectors[k]! * vectors[k]!;
    norms[i] = sum;
  }
  for (let round = 0; round < maxRounds; round++) {
    let worst = 0;
    for (const i of shuffledIndices(n, random)) {
      const sign = signs[i]!;
      const at = i * size;
      let value = bias;
      for (let k = 0; k < size; k++) value += weights[k]! * vectors[at + k]!;
      const gradient = sign * value - 1;
      const old = alpha[i]!;
      const projected = old === 0 ? Math.min(gradient, 0) : old === cost ? Math.max(gradient, 0) : gradient;
      if (projected === 0) continue;
      worst = Math.max(worst, Math.abs(projected));
      alpha[i] = Math.min(Math.max(old - gradient / norms[i]!, 0), cost);
      const step = (alpha[i]! - old) * sign;
      if (step === 0) continue;
      for (let k = 0; k < size; k++) weights[k]! += step * vectors[at + k]!;
      bias += step;
    }
    if (worst < tolerance) break;
  }
  return { weights, bias };
}

/** w · x + bias of row `row`. */
export function planeValue({ weights, bias }: Plane, vectors: ArrayLike<number>, row = 0): number {
  let value = bias;
  const at = row * weights.length;
  for (let k = 0; k < weights.length; k++) value += weights[k]! * vectors[at + k]!;
  return value;
}
