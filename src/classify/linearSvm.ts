import { mulberry32, shuffledIndices } from '../core/random';

export interface SvmOptions {
  /** Cost of a sample on the wrong side of the margin; scikit-learn's default, and the original's, is 1. */
  readonly cost: number;
  readonly seed: number;
  /** Ends when no sample's projected gradient is larger, or after `maxRounds`. */
  readonly tolerance?: number;
  readonly maxRounds?: number;
}

/**
 * Linear support vector machine with hinge loss: least ½ ‖(w, b)‖² + cost · Σ max(0, 1 − y (w · x + b)), solved by dual
 * coordinate descent (Hsieh et al., 2008, liblinear's). The bias is a weight on a constant 1, so it is penalised as the
 * others are. `products[i · n + j]` is x_i · x_j + 1, `signs[i]` +1 or −1. Gives y_i α_i: w = Σ y_i α_i x_i, b = Σ y_i α_i.
 */
export function trainSvm(
  products: Float64Array,
  signs: Int8Array,
  { cost, seed, tolerance = 1e-3, maxRounds = 1000 }: SvmOptions,
): Float64Array {
  const n = signs.length;
  const random = mulberry32(seed);
  const signed = new Float64Array(n);
  /** w · x + b of each sample, kept up to date. */
  const values = new Float64Array(n);
  for (let round = 0; round < maxRounds; round++) {
    let worst = 0;
    for (const i of shuffledIndices(n, random)) {
      const sign = signs[i]!;
      const alpha = sign * signed[i]!;
      const gradient = sign * values[i]! - 1;
      const projected = alpha <= 0 ? Math.min(gradient, 0) : alpha >= cost ? Math.max(gradient, 0) : gradient;
      if (projected === 0) continue;
      worst = Math.max(worst, Math.abs(projected));
      const next = Math.min(Math.max(alpha - gradient / products[i * n + i]!, 0), cost);
      const step = sign * (next - alpha);
      if (step === 0) continue;
      signed[i] = sign * next;
      for (let j = 0; j < n; j++) values[j]! += step * products[i * n + j]!;
    }
    if (worst < tolerance) break;
  }
  return signed;
}
