/** mulberry32 with a readable state: a stream that starts with it continues with the same numbers. */
export class RandomStream {
  /** Any whole number is a state; a seed is the first one. */
  constructor(private current: number) {
    this.current >>>= 0;
  }

  get state(): number {
    return this.current;
  }

  /** The next number, uniform in [0, 1). Bound, so that it can be passed as a function. */
  readonly next = (): number => {
    this.current = (this.current + 0x6d2b79f5) >>> 0;
    let t = this.current;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * mulberry32: a small seeded generator, uniform in [0, 1). The same seed gives the same numbers on every machine,
 * so tests and training runs repeat exactly.
 */
export function mulberry32(seed: number): () => number {
  return new RandomStream(seed).next;
}

/** The whole numbers below `count` in random order (Fisher–Yates). */
export function shuffledIndices(count: number, random: () => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
