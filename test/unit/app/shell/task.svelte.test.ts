import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import { Task } from '../../../../src/app/shell/task.svelte';
import { throwIfAborted } from '../../../../src/core/abort';
import { FaceError } from '../../../../src/core/errors';

/** Work that ends when the test says so. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

test('a view follows a task: running, how far it is, and its end', async () => {
  const task = new Task();
  const { open, opened } = gate();
  const seen: string[] = [];
  const stop = $effect.root(() => {
    $effect(() => void seen.push(`${task.running} ${task.progress?.done ?? '–'}`));
  });
  flushSync();
  const running = task.run(async ({ onProgress }) => {
    onProgress({ stage: 'Counting', done: 1, total: 2 });
    await opened;
    return 'result';
  });
  flushSync();
  open();
  expect(await running).toBe('result');
  flushSync();
  stop();
  expect(seen).toEqual(['false –', 'true 1', 'false –']);
});

test('a second run while one lasts is refused, and the first continues undisturbed', async () => {
  const task = new Task();
  const { open, opened } = gate();
  const first = task.run(() => opened.then(() => 1));
  expect(await task.run(() => Promise.resolve(2))).toBeNull();
  expect(task.running).toBe(true);
  open();
  expect(await first).toBe(1);
  expect(await task.run(() => Promise.resolve(3))).toBe(3);
});

test('aborted work ends without an error, and another begins only after its end', async () => {
  const task = new Task();
  const { open, opened } = gate();
  const first = task.run(async ({ signal }) => {
    await opened;
    throwIfAborted(signal);
    return 1;
  });
  task.abort();
  expect(task.running).toBe(true);
  expect(await task.run(() => Promise.resolve(2))).toBeNull();
  open();
  expect(await first).toBeNull();
  expect(task.error).toBeNull();
  expect(task.running).toBe(false);
});

test('a failure is kept until the next run begins', async () => {
  const task = new Task();
  expect(await task.run(() => Promise.reject(new FaceError('store/full')))).toBeNull();
  expect(task.error?.code).toBe('store/full');
  const { open, opened } = gate();
  const next = task.run(() => opened);
  expect(task.error).toBeNull();
  open();
  await next;
});

test('progress reported after the end is not shown', async () => {
  const task = new Task();
  let late = () => {};
  await task.run(async ({ onProgress }) => {
    late = () => onProgress({ stage: 'Late', done: 1, total: 1 });
  });
  late();
  expect(task.progress).toBeNull();
});
