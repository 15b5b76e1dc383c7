/**
 * The results of `work` for each item as they end, `inFlight` at a time: one that ends early does not wait for those
 * before it. The first failure is thrown at once.
 */
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
