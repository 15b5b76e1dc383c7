import { APP_SCOPE } from '../../core/hosting/appScope';
import { FaceError } from '../../core/errors';
import { ownName } from '../../core/hosting/ownNames';
import type { WriteGuard } from '../../store/guard';

const LOCK = ownName('facenet-writer', APP_SCOPE);
const CHANNEL = ownName('facenet-tabs', APP_SCOPE);
/** After this time without an answer the lock is taken from the other tab. */
const PATIENCE_MS = 2_000;
type TabMessage = 'let-go' | 'gone';

/**
 * Lets one of several tabs write: the one with the lock. The others follow its changes. The lock is passed on when its
 * tab closes, or at once by `takeOver`. Without Web Locks (plain http) every tab writes.
 */
export class Tabs implements WriteGuard {
  isWriter = $state(true);
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #writing = new Set<Promise<unknown>>();
  #letGo: () => void = () => undefined;
  #queued = new AbortController();
  #onWriter: () => void = () => undefined;
  #onFollower: () => void = () => undefined;

  /** Resolves when it is known whether this tab writes. */
  open(): Promise<void> {
    if (!('locks' in navigator)) return Promise.resolve();
    this.#channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
      if (data === 'let-go' && this.isWriter) void this.#release();
    });
    return new Promise((known) => {
      let refused = true;
      navigator.locks
        .request(LOCK, { ifAvailable: true }, (lock) => {
          refused = false;
          if (!lock) this.isWriter = false;
          known();
          return lock ? this.#hold() : undefined;
        })
        .then(
          () => this.#queue(),
          () => {
            // Storage is blocked, and locks with it: there is nothing that two tabs could write.
            if (refused) known();
            else this.#queue();
          },
        );
    });
  }

  /** `callback` runs when this tab becomes the writer. */
  onWriter(callback: () => void): void {
    this.#onWriter = callback;
  }

  /** `callback` runs when another tab takes over: work that writes should stop. */
  onFollower(callback: () => void): void {
    this.#onFollower = callback;
  }

  mayWrite(): boolean {
    return this.isWriter;
  }

  async run<R>(write: () => Promise<R>): Promise<R> {
    if (!this.isWriter) throw new FaceError('store/other-tab');
    const writing = write();
    this.#writing.add(writing);
    try {
      return await writing;
    } finally {
      this.#writing.delete(writing);
    }
  }

  /** Makes this tab the writer once the other has finished its writes. */
  async takeOver(): Promise<void> {
    if (this.isWriter) return;
    await new Promise<void>((resolve) => {
      const gone = ({ data }: MessageEvent<TabMessage>) => {
        if (data === 'gone') resolve();
      };
      this.#channel.addEventListener('message', gone);
      setTimeout(resolve, PATIENCE_MS);
      this.#say('let-go');
    });
    this.#queued.abort();
    await new Promise<void>((held) => {
      void navigator.locks
        .request(LOCK, { steal: true }, () => {
          const ended = this.#hold();
          held();
          return ended;
        })
        .then(
          () => this.#queue(),
          () => this.#queue(),
        );
    });
  }

  /** Keeps the lock until another tab takes over. */
  #hold(): Promise<void> {
    const wasFollower = !this.isWriter;
    this.isWriter = true;
    if (wasFollower) this.#onWriter();
    return new Promise((resolve) => (this.#letGo = resolve));
  }

  /** Waits for the lock as a follower. */
  #queue(): void {
    this.#follow();
    this.#queued = new AbortController();
    const { signal } = this.#queued;
    navigator.locks
      .request(LOCK, { signal }, () => this.#hold())
      .then(
        () => this.#queue(),
        () => {
          if (!signal.aborted) this.#queue();
        },
      );
  }

  #follow(): void {
    if (!this.isWriter) return;
    this.isWriter = false;
    this.#onFollower();
  }

  async #release(): Promise<void> {
    this.#follow();
    await Promise.allSettled([...this.#writing]);
    this.#say('gone');
    this.#letGo();
  }

  #say(message: TabMessage): void {
    this.#channel.postMessage(message);
  }
}
