/** Long work that the views show and a user can end, with the same states everywhere. */
import type { Progress } from '../../client/types';
import { toFaceError, type FaceError } from '../../core/errors';

/** A worker's progress, or the page's own; without a unit the numbers are not shown. */
export type TaskProgress = Omit<Progress, 'unit'> & Partial<Pick<Progress, 'unit'>>;

export interface TaskCall {
  readonly signal: AbortSignal;
  /** Null hides the progress, for work that the view shows in another way. */
  readonly onProgress: (progress: TaskProgress | null) => void;
}

export class Task {
  running = $state(false);
  /** Null while not running, and until the work reports something. */
  progress = $state.raw<TaskProgress | null>(null);
  /** Why the last run failed; null while running, after success and after `abort`. */
  error = $state.raw<FaceError | null>(null);
  #abort = new AbortController();

  /** Resolves to the result; null after failure (see `error`), abort, or while another run lasts. Never rejects. */
  async run<R>(work: (call: TaskCall) => Promise<R>): Promise<R | null> {
    if (this.running) return null;
    this.running = true;
    this.error = null;
    const { signal } = (this.#abort = new AbortController());
    const onProgress = (progress: TaskProgress | null): void => {
      if (signal === this.#abort.signal && this.running) this.progress = progress;
    };
    try {
      return await work({ signal, onProgress });
    } catch (thrown) {
      const error = toFaceError(thrown);
      if (error.code !== 'aborted') this.error = error;
      return null;
    } finally {
      this.running = false;
      this.progress = null;
    }
  }

  /** Aborts the work, which is not an error. */
  abort(): void {
    this.#abort.abort();
  }
}
