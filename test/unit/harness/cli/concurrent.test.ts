import { expect, test } from 'vitest';
import { asTheyEnd, inOrder } from '../../../../src/harness/cli/concurrent';

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

test('in order, a failure is thrown at its turn', async () => {
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

/** Items end on request. */
function controlled() {
  const started: number[] = [];
  const ends = new Map<number, { ok: () => void; fail: (error: Error) => void }>();
  const work = (item: number) => {
    started.push(item);
    return new Promise<number>((ok, fail) => ends.set(item, { ok: () => ok(item), fail }));
  };
  return {
    started,
    work,
    end: (item: number) => ends.get(item)!.ok(),
    fail: (item: number) => ends.get(item)!.fail(new Error('bad')),
  };
}

test('a result that ends early is given early, with two under way', async () => {
  const { started, work, end } = controlled();
  const results = asTheyEnd([1, 2, 3, 4], work, 2);
  const next = async () => (await results.next()).value as number | undefined;
  const first = next();
  end(2);
  expect(await first).toBe(2);
  expect(started).toEqual([1, 2]);
  const second = next();
  end(3);
  expect(await second).toBe(3); // the first has still not ended
  const third = next();
  end(1);
  expect(await third).toBe(1);
  const fourth = next();
  end(4);
  expect(await fourth).toBe(4);
  expect(await next()).toBeUndefined();
});

test('out of order, a failure is thrown at once', async () => {
  const { work, fail } = controlled();
  const results = asTheyEnd([1, 2], work, 2);
  const first = results.next();
  fail(2);
  await expect(first).rejects.toThrow('bad');
});
