/** How many pictures are under way at once: one is computed while the next is read and decoded. */
const IN_FLIGHT = 2;

/** The results of `work` for each item, in the items' order, `inFlight` at a time; no more are ever started or kept. */
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
