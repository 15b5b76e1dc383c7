import { mulberry32, shuffledIndices } from '../core/random';

/** By row its fold, 0 … folds − 1: each class is dealt round in random order, so that every fold has its share. */
export function stratifiedFolds(labels: ArrayLike<number>, folds: number, seed: number): Int32Array {
  const foldOf = new Int32Array(labels.length);
  const dealt = new Map<number, number>();
  let offset = 0;
  for (const row of shuffledIndices(labels.length, mulberry32(seed))) {
    // A class starts where the class met before it did not: small classes do not all fill the first folds.
    const next = dealt.get(labels[row]!) ?? offset++;
    foldOf[row] = next % folds;
    dealt.set(labels[row]!, next + 1);
  }
  return foldOf;
}
