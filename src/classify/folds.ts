import { mulberry32, shuffledIndices } from '../core/random';

/** The fold of each row, 0 … folds − 1: each class is dealt out in random order, so every fold gets its share. */
export function stratifiedFolds(labels: ArrayLike<number>, folds: number, seed: number): Int32Array {
  const foldOf = new Int32Array(labels.length);
  const dealt = new Map<number, number>();
  let offset = 0;
  for (const row of shuffledIndices(labels.length, mulberry32(seed))) {
    // Each class starts at the next fold: small classes do not all fill the first ones.
    const next = dealt.get(labels[row]!) ?? offset++;
    foldOf[row] = next % folds;
    dealt.set(labels[row]!, next + 1);
  }
  return foldOf;
}
