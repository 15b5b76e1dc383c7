import { RandomStream } from '../core/random';
import type { Weights, WeightTensor } from '../core/weights';
import { toFloat32 } from '../nn/weightValues';
import { HEAD, xavier } from './state';

/**
 * The head in `weights` for other people: rows of people in both `from` and `to` are kept at their new places; new people get
 * Xavier's uniform numbers of the stream of `seed`, in the order of `to`, and a bias of 0. Empty where there is no head, or
 * one whose rows do not fit `from`.
 */
export function growHead(
  weights: Weights,
  from: readonly string[],
  to: readonly string[],
  seed: number,
): Map<string, WeightTensor> {
  const matrix = weights.get(HEAD.weights);
  if (matrix?.shape[0] !== from.length) return new Map();
  const size = matrix.shape[1]!;
  const old = toFloat32(matrix);
  const oldBiases = weights.get(HEAD.biases);
  const rowOf = new Map(from.map((name, row) => [name, row]));
  const grown = xavier([to.length, size], new RandomStream(seed).next);
  const biases = new Float32Array(to.length);
  to.forEach((name, row) => {
    const kept = rowOf.get(name);
    if (kept === undefined) return;
    grown.data.set(old.subarray(kept * size, (kept + 1) * size), row * size);
    if (oldBiases) biases[row] = toFloat32(oldBiases)[kept]!;
  });
  const head = new Map<string, WeightTensor>([[HEAD.weights, grown]]);
  if (oldBiases) head.set(HEAD.biases, { dtype: 'float32', shape: [to.length], data: biases });
  return head;
}

/**
 * The class that the head gives each row: the largest logit for softmax, the largest cosine for ArcFace (whose head has
 * no biases; `normalised`). `prelogits` [n, d], rows first; `weights` holds the head.
 */
export function nameByHead(
  prelogits: Float32Array,
  weights: ReadonlyMap<string, Float32Array>,
  { classes, normalised }: { readonly classes: number; readonly normalised: boolean },
): Int32Array {
  const matrix = weights.get(HEAD.weights)!;
  const biases = weights.get(HEAD.biases);
  const size = matrix.length / classes;
  const lengths = Float64Array.from({ length: classes }, (_, c) =>
    normalised ? Math.hypot(...matrix.subarray(c * size, (c + 1) * size)) : 1,
  );
  return Int32Array.from({ length: prelogits.length / size }, (_, row) => {
    let [best, most] = [0, -Infinity];
    for (let c = 0; c < classes; c++) {
      let logit = 0;
      for (let i = 0; i < size; i++) logit += prelogits[row * size + i]! * matrix[c * size + i]!;
      logit = logit / lengths[c]! + (biases?.[c] ?? 0);
      if (logit > most) [best, most] = [c, logit];
    }
    return best;
  });
}
