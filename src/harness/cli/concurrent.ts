/** Work on many items, some at a time; no more results are ever started or kept. */

/** How many pictures are under way at once: one is computed while the next is read and decoded. */
const IN_FLIGHT = 2;

/** The results of `work` for each item, in the items' order. A failure is thrown at its turn. */
export async function* inOrder<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  inFlight = IN_FLIGHT,
): AsyncGenerator<R> {
  const started: Promise<R>[] = [];
  let next = 0;
  while (next < items.length || started.length > 0) {
    while (next < items.length && started.length < inFlight) {
      const result = work(items[next++]!);
      result.catch(() => undefined); // reported when its turn comes, not as unhandled before
      started.push(result);
    }
    yield await started.shift()!;
  }
}

/** The results of `work` in the order in which they end, `inFlight` at a time. The first failure is thrown at once. */
export async function* asTheyEnd<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  inFlight: number,
): AsyncGenerator<R> {
  const running = new Map<number, Promise<readonly [number, R]>>();
  let next = 0;
  while (next < items.length || running.size > 0) {
    while (next < items.length && running.size < inFlight) {
      const key = next++;
      const result = work(items[key]!).then((value) => [key, value] as const);
      result.catch(() => undefined); // the race below reports it, unless another failed before
      running.set(key, result);
    }
    const [key, value] = await Promise.race(running.values());
    running.delete(key);
    yield value;
  }
}
