import { expect, test } from 'vitest';
import { inOrder } from '../../../../src/harness/cli/inOrder';

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

test('gives results in order with two under way at once, whichever ends first', async () => {
  let running = 0;
  let most = 0;
  const results: number[] = [];
  const slow = async (ms: number) => {
    most = Math.max(most, ++running);
    await wait(ms);
    running--;
    return ms;
  };
  for await (const result of inOrder([20, 1, 10, 0, 5], slow)) results.push(result);
  expect(results).toEqual([20, 1, 10, 0, 5]);
  expect(most).toBe(2);
});

test('a failure comes at its turn', async () => {
  const results: number[] = [];
  const run = async () => {
    for await (const result of inOrder([10, 0], async (ms) => {
      await wait(ms);
      if (ms === 0) throw new Error('second');
      return ms;
    }))
      results.push(result);
  };
  await expect(run()).rejects.toThrow('second');
  expect(results).toEqual([10]);
});
