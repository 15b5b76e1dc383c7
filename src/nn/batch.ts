import { stackRows } from '../core/vectors';
import type { Executor } from './executor';

/**
 * The outputs of at most `batch` inputs, by a network of one input and one output compiled for `batch` of them. The batch is
 * always filled with zeros, so that an output does not depend on the rest of its batch.
 */
export async function runBatch(
  executor: Executor,
  inputs: readonly Float32Array[],
  batch: number,
): Promise<Float32Array[]> {
  const [output] = await executor.run([stackRows(inputs, batch)]);
  const size = output!.length / batch;
  return inputs.map((_, i) => output!.slice(i * size, (i + 1) * size));
}
