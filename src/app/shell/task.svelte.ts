/**
 * Long work that the views show and a person can end: one class, so that every view has the same states and every piece
 * of work ends the same way.
 */
import type { Progress } from '../../client/types';
import { toFaceError, type FaceError } from '../../core/errors';

/** A worker's progress, or the page's own; without a unit the numbers are not shown. */
export type TaskProgress = Omit<Progress, 'unit'> & Partial<Pick<Progress, 'unit'>>;

export interface TaskCall {
  readonly signal: AbortSignal;
  /** Null: what is done next is shown otherwise. */
  readonly onProgress: (progress: TaskProgress | null) => void;
}

export class Task {
  running = $state(false);
  /** Null while not running, and until the work reports something. */
  progress = $state.raw<TaskProgress | null>(null);
  /** Why the last run failed; null while running, after success and after `abort`. */
  error = $state.raw<FaceError | null>(null);
  #abort = new AbortController();

  /**
   * Runs the work and resolves to its result, or to null when it failed (see `error`), was aborted, or was refused: while
   * one run lasts, also after `abort` until the work has ended, another does not begin. Never rejects.
   */
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

  /** Tells the work to end. What ends by it is not an error. */
  abort(): void {
    this.#abort.abort();
  }
}
