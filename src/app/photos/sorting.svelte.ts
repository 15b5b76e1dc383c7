import type { Notices } from '../shell/notices.svelte';
import { count } from '../shell/words';
import type { Sorted, SortOptions } from './sortedPictures';

/** What sorting gives, and the sentence that tells it is done. */
interface SortedWords extends Sorted {
  readonly words: string;
}

const MOST_NAMED = 3;

/** Pictures being copied, sorted by person: it goes on in other views. */
export class Sorting {
  /** Pictures copied so far; null while nothing is. */
  packed = $state<number | null>(null);
  #abort = new AbortController();

  constructor(private readonly notices: Notices) {}

  async run(sources: SortOptions['sources'], work: (options: SortOptions) => Promise<SortedWords>): Promise<void> {
    this.#abort = new AbortController();
    const onPicture = (done: number): void => {
      this.packed = done;
    };
    await this.notices.attempt(async () => {
      const { words, left, failed } = await work({ sources, signal: this.#abort.signal, onPicture });
      const parts = [words];
      if (left > 0)
        parts.push(`${count(left, 'picture')} left out: add their folder or zip again, then export once more.`);
      if (failed.length > 0) {
        const named = failed.slice(0, MOST_NAMED).join(', ') + (failed.length > MOST_NAMED ? ', …' : '');
        parts.push(`${count(failed.length, 'picture')} could not be copied: ${named}.`);
      }
      this.notices.done(parts.join(' '));
    });
    this.packed = null;
  }

  stop(): void {
    this.#abort.abort();
  }
}
