import { expect, test } from 'vitest';
import { asTheyEnd } from '../../../../../src/harness/cli/lfw/asTheyEnd';

/** Items end when they are told to. */
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

test('what ends early is given early, and so many are under way', async () => {
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

test('a failure comes at once', async () => {
  const { work, fail } = controlled();
  const results = asTheyEnd([1, 2], work, 2);
  const first = results.next();
  fail(2);
  await expect(first).rejects.toThrow('bad');
});
