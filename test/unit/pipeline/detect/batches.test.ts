import { expect, test } from 'vitest';
import type { Executor } from '../../../../src/nn/executor';
import { batchedNetwork } from '../../../../src/pipeline/detect/batches';

/** Doubles its two numbers an input, and remembers the batch sizes it was compiled and run for. */
function doubling() {
  const log = { prepared: [] as number[], ran: [] as number[], disposed: 0 };
  const prepare = (batch: number): Promise<Executor> => {
    log.prepared.push(batch);
    return Promise.resolve({
      engine: 'litert',
      backend: 'wasm',
      adapter: null,
      inputShapes: [[batch, 2]],
      outputShapes: [[batch, 2], [batch]],
      run: ([input]) => {
        expect(input).toHaveLength(batch * 2);
        log.ran.push(batch);
        const first = Float32Array.from({ length: batch }, (_, i) => input![2 * i]!);
        return Promise.resolve([input!.map((value) => 2 * value), first]);
      },
      dispose: () => {
        log.disposed++;
      },
    });
  };
  return { log, network: batchedNetwork([4, 8], 2, prepare) };
}

const fill = (index: number, out: Float32Array, at: number): void => {
  out[at] = index;
  out[at + 1] = -index;
};

test.each([1, 4, 5, 8, 11, 30])('%i inputs give their own outputs in order, without the padding', async (count) => {
  const { network } = doubling();
  const [doubled, first] = await network.run(count, fill);
  expect([...doubled!]).toEqual(Array.from({ length: count }, (_, i) => [2 * i, -2 * i]).flat());
  expect([...first!]).toEqual(Array.from({ length: count }, (_, i) => i));
});

test('each size is compiled once, when first needed, and freed; one that is seven eighths full is padded', async () => {
  const { log, network } = doubling();
  await network.run(15, fill);
  await network.run(6, fill);
  expect(log).toEqual({ prepared: [8, 4], ran: [8, 8, 4, 4], disposed: 0 });
  network.dispose();
  expect(log.disposed).toBe(2);
});

test('no inputs run nothing', async () => {
  const { log, network } = doubling();
  expect(await network.run(0, fill)).toEqual([]);
  expect(log.ran).toEqual([]);
});
