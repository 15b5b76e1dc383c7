/** Length of a new row: the softmax is neither flat nor saturated. */
const IMPRINTED_LENGTH = 10;

/**
 * Writes into `matrix` [classes, d] the rows of `classes`: each the mean of its samples' embeddings (of length 1), times
 * 10. Such a head is right from the first step and disturbs the embeddings less (weight imprinting, Qi et al. 2018). A class without samples keeps its row. `embeddings` holds a row for each label.
 */
export function imprint(
  matrix: Float32Array,
  classes: readonly number[],
  embeddings: Float32Array,
  labels: Int32Array,
): void {
  const size = embeddings.length / labels.length;
  for (const own of classes) {
    const sum = new Float64Array(size);
    let count = 0;
    labels.forEach((label, row) => {
      if (label !== own) return;
      count++;
      for (let i = 0; i < size; i++) sum[i]! += embeddings[row * size + i]!;
    });
    if (count > 0)
      matrix.set(
        sum.map((value) => (IMPRINTED_LENGTH * value) / count),
        own * size,
      );
  }
}
