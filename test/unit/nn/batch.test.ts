import { expect, test } from 'vitest';
import { runBatch } from '../../../src/nn/batch';
import type { Executor } from '../../../src/nn/executor';

test('a batch is always whole, and each input gets its own output', async () => {
  const lengths: number[] = [];
  const executor = {
    async run([input]: readonly Float32Array[]) {
      lengths.push(input!.length);
      return [input!.filter((_, i) => i % 2 === 0).map((value) => 10 * value)];
    },
  } as unknown as Executor;
  const outputs = await runBatch(executor, [Float32Array.of(1, 2), Float32Array.of(3, 4)], 4);
  expect(outputs.map((output) => [...output])).toEqual([[10], [30]]);
  expect(lengths).toEqual([8]);
});
