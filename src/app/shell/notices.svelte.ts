import { toFaceError, type FaceError } from '../../core/errors';
import { isUnforeseen } from './problemReport';

export interface NoticeAction {
  readonly label: string;
  readonly run: () => unknown;
}

export interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'problem';
  readonly text: string;
  readonly action?: NoticeAction;
  /** An unforeseen error, which can be reported. */
  readonly unforeseen?: FaceError;
}

const SHOWN_MS = 7_000;
/** Long enough to read, decide and reach the Undo button by keyboard. */
const SHOWN_WITH_ACTION_MS = 20_000;

/** Longer than a double click. */
const SHOWN_DONE_MS = 600;

/** Short messages at the edge of the window, and sentences for a screen reader. */
export class Notices {
  list = $state.raw<readonly Notice[]>([]);
  /** Content of the polite live region. */
  spoken = $state('');
  /** The error being reported; null while the dialog is closed. */
  reported = $state.raw<FaceError | null>(null);
  #next = 1;
  #busy = false;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** With `undo` the message has a button for it. */
  done(text: string, undo?: NoticeAction['run'], label = 'Undo'): void {
    this.#add({ kind: 'done', text, ...(undo && { action: { label, run: undo } }) });
  }

  /** Shows the error's message; an abort is not shown. */
  problem(thrown: unknown): void {
    const error = toFaceError(thrown);
    if (error.code === 'aborted') return;
    this.#add({ kind: 'problem', text: error.message, ...(isUnforeseen(error) && { unforeseen: error }) });
  }

  /** Speaks without showing, for what is visible anyway. */
  say(text: string): void {
    this.spoken = text;
  }

  /** Runs a user's action and shows its error. Resolves to whether it succeeded. */
  async attempt(action: () => unknown): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (thrown) {
      this.problem(thrown);
      return false;
    }
  }

  /** Like `attempt`, but ignores clicks while the first one's action runs. */
  async once(action: () => unknown): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    try {
      return await this.attempt(action);
    } finally {
      this.#busy = false;
    }
  }

  /** Keeps the message for a moment without its button, so that a second click does not hit what is below. */
  async act({ action, ...rest }: Notice): Promise<void> {
    this.list = this.list.map((other) => (other.id === rest.id ? rest : other));
    clearTimeout(this.#timers.get(rest.id));
    this.#timers.set(
      rest.id,
      setTimeout(() => this.dismiss(rest.id), SHOWN_DONE_MS),
    );
    if (action) await this.attempt(() => action.run());
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  /** Keeps all messages while the pointer or the focus is on them. */
  hold(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  release(): void {
    for (const notice of this.list) this.#startTimer(notice);
  }

  #add(content: Omit<Notice, 'id'>): void {
    const notice = { ...content, id: this.#next++ };
    // Only the latest action can be undone: an older one's Undo could conflict with it.
    for (const other of this.list)
      if (other.text === notice.text || (other.action && notice.action)) this.dismiss(other.id);
    this.list = [...this.list.slice(-2), notice];
    this.#startTimer(notice);
  }

  #startTimer(notice: Notice): void {
    if (this.#timers.has(notice.id)) return;
    const wait = notice.action || notice.unforeseen ? SHOWN_WITH_ACTION_MS : SHOWN_MS;
    this.#timers.set(
      notice.id,
      setTimeout(() => this.dismiss(notice.id), wait),
    );
  }
}
