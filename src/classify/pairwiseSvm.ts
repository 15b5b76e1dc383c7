import { FaceError } from '../core/errors';
import { joinArrays } from '../core/vectors';
import { trainSvm, type SvmOptions } from './linearSvm';
import type { Samples } from './samples';

/** The rows of each class. */
function rowsOf({ labels, classes }: Samples): number[][] {
  const rows: number[][] = classes.map(() => []);
  for (const [i, label] of labels.entries()) rows[label]!.push(i);
  return rows;
}

/**
 * Trains a machine for each pair of classes, as libsvm does: small problems on one table of dot products. Gives, pair after
 * pair (0–1, 0–2, …), y α of the samples of the first class and then of the second, each in the order of their rows.
 * Throws `classify/too-many`.
 */
export function trainPairwise(samples: Samples, { cost, seed }: Pick<SvmOptions, 'cost' | 'seed'>): Float32Array {
  const rows = rowsOf(samples);
  const products = productTable(samples);
  const parts: Float64Array[] = [];
  for (let a = 0; a < rows.length; a++) {
    for (let b = a + 1; b < rows.length; b++) {
      const both = [...rows[a]!, ...rows[b]!];
      const n = both.length;
      const own = new Float64Array(n * n);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) own[i * n + j] = products[both[i]! * samples.count + both[j]!]! + 1;
      const signs = Int8Array.from(both, (_, i) => (i < rows[a]!.length ? 1 : -1));
      parts.push(trainSvm(own, signs, { cost, seed }));
    }
  }
  return joinArrays(parts);
}

/** How many coefficients the machines of `samples` have. */
export function coefficientCount({ count, classes }: Samples): number {
  return count * (classes.length - 1);
}

/** The table of their products takes a gigabyte. */
const MOST_SAMPLES = 16_384;

function productTable({ count, size, vectors }: Samples): Float32Array {
  if (count > MOST_SAMPLES) throw new FaceError('classify/too-many', { count, most: MOST_SAMPLES });
  const table = new Float32Array(count * count);
  for (let i = 0; i < count; i++)
    for (let j = i; j < count; j++) {
      let dot = 0;
      for (let k = 0; k < size; k++) dot += vectors[i * size + k]! * vectors[j * size + k]!;
      table[i * count + j] = table[j * count + i] = dot;
    }
  return table;
}

/**
 * A score a class: the pairs that it wins, and between equal ones the sum of its values, squashed to less than half a pair
 * (scikit-learn's decision function), as a share of the other classes.
 */
export function pairwiseScores(coefficients: Float32Array, samples: Samples, vector: ArrayLike<number>): Float64Array {
  const { count, size, vectors } = samples;
  const rows = rowsOf(samples);
  const products = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let dot = 1; // the bias
    for (let k = 0; k < size; k++) dot += vectors[i * size + k]! * vector[k]!;
    products[i] = dot;
  }
  const votes = new Float64Array(rows.length);
  const sums = new Float64Array(rows.length);
  let at = 0;
  for (let a = 0; a < rows.length; a++)
    for (let b = a + 1; b < rows.length; b++) {
      let value = 0;
      for (const i of rows[a]!) value += coefficients[at++]! * products[i]!;
      for (const i of rows[b]!) value += coefficients[at++]! * products[i]!;
      votes[value > 0 ? a : b]!++;
      sums[a]! += value;
      sums[b]! -= value;
    }
  const others = Math.max(1, rows.length - 1);
  return votes.map((won, c) => (won + sums[c]! / (3 * (Math.abs(sums[c]!) + 1))) / others);
}
