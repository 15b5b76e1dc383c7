/** Reports what was written to the listeners of this tab, and to the other tabs and the workers that have the store open. */
import type { Topic } from './schema';

type Listener = (elsewhere: boolean) => void;

export class Changes {
  readonly #listeners: Readonly<Record<Topic, Set<Listener>>> = {
    people: new Set(),
    settings: new Set(),
    photos: new Set(),
    training: new Set(),
  };
  readonly #channel: BroadcastChannel | null;

  /** `channel`: the name of the channel between tabs; null where the content is this page's alone. */
  constructor(channel: string | null) {
    this.#channel = channel === null ? null : new BroadcastChannel(channel);
    this.#channel?.addEventListener('message', ({ data }: MessageEvent<Topic[]>) => this.#call(data, true));
  }

  /** Returns the unsubscriber. */
  on(topic: Topic, listener: Listener): () => void {
    this.#listeners[topic].add(listener);
    return () => this.#listeners[topic].delete(listener);
  }

  /** This tab has written. */
  announce(topics: readonly Topic[]): void {
    this.#call(topics, false);
    this.#channel?.postMessage(topics);
  }

  /** All content was deleted by somebody else. */
  replaced(): void {
    this.#call(['people', 'settings', 'photos', 'training'], true);
  }

  close(): void {
    this.#channel?.close();
  }

  #call(topics: readonly Topic[], elsewhere: boolean): void {
    for (const topic of topics) for (const listener of this.#listeners[topic]) listener(elsewhere);
  }
}
