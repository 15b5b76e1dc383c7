import { joinArrays } from '../../core/vectors';
import type { Executor } from '../../nn/executor';

/** A network compiled for a few batch sizes, each when first needed; the last batch is padded with zeros. */
export interface BatchedNetwork {
  /**
   * Runs `count` inputs of `length` numbers each, that `fill` writes. Gives each output's numbers one input after the
   * other, without the padding's.
   */
  run(count: number, fill: (index: number, out: Float32Array, at: number) => void): Promise<Float32Array[]>;
  dispose(): void;
}

/** `sizes` rise; `prepare` compiles for one of them. */
export function batchedNetwork(
  sizes: readonly number[],
  length: number,
  prepare: (batch: number) => Promise<Executor>,
): BatchedNetwork {
  const executors = new Map<number, Executor>();
  /** Each size's input, kept: fresh memory costs more than what is written to it. */
  const inputs = new Map<number, Float32Array>();
  return {
    async run(count, fill) {
      const parts: Float32Array[][] = [];
      for (let done = 0; done < count;) {
        const left = count - done;
        const batch = batchFor(sizes, left);
        const executor = executors.get(batch) ?? (await prepare(batch));
        executors.set(batch, executor);
        const input = inputs.get(batch) ?? new Float32Array(batch * length);
        inputs.set(batch, input);
        const used = Math.min(batch, left);
        input.fill(0, used * length);
        for (let i = 0; i < used; i++) fill(done + i, input, i * length);
        const outputs = await executor.run([input]);
        parts.push(outputs.map((output) => output.subarray(0, (output.length / batch) * used)));
        done += used;
      }
      return parts.length === 1 ? parts[0]! : (parts[0] ?? []).map((_, i) => joinArrays(parts.map((part) => part[i]!)));
    },
    dispose() {
      for (const executor of executors.values()) executor.dispose();
      executors.clear();
      inputs.clear();
    },
  };
}

/** A larger batch is padded where that costs less than one more run: at seven eighths. */
function batchFor(sizes: readonly number[], left: number): number {
  const padded = sizes.find((size) => size >= left && left * 8 >= size * 7);
  return padded ?? sizes.findLast((size) => size <= left) ?? sizes[0]!;
}
