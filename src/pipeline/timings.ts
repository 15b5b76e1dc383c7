/** Milliseconds by stage, summed over however often a stage runs. */
export class Timings {
  readonly ms: Record<string, number> = {};

  async run<T>(stage: string, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.ms[stage] = (this.ms[stage] ?? 0) + performance.now() - start;
    }
  }
}
