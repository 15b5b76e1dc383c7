/** Speed and remaining time of long work. */
export class Pace {
  #done = 0;
  constructor(
    private readonly total: number,
    private readonly now: () => number = () => performance.now(),
    private readonly start: number = now(),
  ) {}

  add(count: number): void {
    this.#done += count;
  }

  /** Sets the number done in all. */
  reach(done: number): void {
    this.#done = done;
  }

  get perSecond(): number {
    return this.#done / Math.max(1e-3, (this.now() - this.start) / 1000);
  }

  /** “21.4 pictures/s, 3 min 20 s left”. */
  toString(): string {
    if (this.#done === 0) return '';
    const seconds = Math.ceil((this.total - this.#done) / this.perSecond);
    return `${this.perSecond.toFixed(1)} pictures/s, ${inWords(seconds)} left`;
  }
}

function inWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
