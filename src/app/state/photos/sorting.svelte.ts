import type { Notices } from '../notices.svelte';
import { count } from '../words';
import type { SortOptions } from './sortedPictures';

/** What sorting gives: the sentence that tells it is done, and how many pictures are not at hand. */
interface Sorted {
  readonly words: string;
  readonly left: number;
}

/** Pictures being copied, sorted by person: it goes on in other views. */
export class Sorting {
  /** Pictures copied so far; null while nothing is. */
  packed = $state<number | null>(null);
  #abort = new AbortController();

  constructor(private readonly notices: Notices) {}

  async run(sources: SortOptions['sources'], work: (options: SortOptions) => Promise<Sorted>): Promise<void> {
    this.#abort = new AbortController();
    const onPicture = (done: number): void => {
      this.packed = done;
    };
    await this.notices.attempt(async () => {
      const { words, left } = await work({ sources, signal: this.#abort.signal, onPicture });
      const rest = `${count(left, 'picture')} left out: add their folder or zip again, then export once more.`;
      this.notices.done(left > 0 ? `${words} ${rest}` : words);
    });
    this.packed = null;
  }

  stop(): void {
    this.#abort.abort();
  }
}
