import type { Notices } from '../shell/notices.svelte';
import { Task } from '../shell/task.svelte';
import { count } from '../shell/words';
import type { Sorted, SortOptions } from './sortedPictures';

interface SortResult extends Sorted {
  readonly message: string;
}

const MOST_NAMED = 3;

/** Copies pictures sorted by person; continues in other views. */
export class Sorting {
  readonly task = new Task();

  constructor(private readonly notices: Notices) {}

  /** Never rejects; a notice reports the result. */
  async run(sources: SortOptions['sources'], work: (options: SortOptions) => Promise<SortResult>): Promise<void> {
    const result = await this.task.run((call) => work({ sources, ...call }));
    if (this.task.error) this.notices.problem(this.task.error);
    if (!result) return;
    const { message, left, failed } = result;
    const parts = [message];
    if (left > 0)
      parts.push(`${count(left, 'picture')} left out: add their folder or zip again, then export once more.`);
    if (failed.length > 0) {
      const named = failed.slice(0, MOST_NAMED).join(', ') + (failed.length > MOST_NAMED ? ', …' : '');
      parts.push(`${count(failed.length, 'picture')} could not be copied: ${named}.`);
    }
    this.notices.done(parts.join(' '));
  }
}
