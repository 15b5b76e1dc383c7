import type { CrossValidation } from '../../client/types';
import { toFaceError } from '../../core/errors';
import type { Engine } from '../shell/engine.svelte';
import type { People } from './people.svelte';

/** By what a person's name is chosen among those near enough. */
export type NamingMethod = 'nearest' | 'logistic';

/** How people are told apart, until the app is closed; a comparison goes on in other views. */
export class Naming {
  method = $state<NamingMethod>('nearest');
  busy = $state(false);
  /** Percent of the comparison that is under way. */
  percent = $state(0);
  #abort = new AbortController();
  #compared = $state.raw<{ readonly result: CrossValidation; readonly of: string } | null>(null);
  readonly #faces = $derived.by(() => this.people.list.map(({ id, faces }) => `${id}:${faces.length}`).join(' '));
  /** Null also when people or faces came or went since: it says nothing of those. */
  readonly result = $derived.by(() => (this.#compared?.of === this.#faces ? this.#compared.result : null));

  constructor(
    private readonly engine: Engine,
    private readonly people: People,
  ) {}

  /** Throws `classify/too-few`, `worker/crashed`. */
  async compare(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.percent = 0;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const onProgress = ({ done }: { done: number }) => (this.percent = done);
    try {
      await this.engine.ready();
      const of = this.#faces;
      this.#compared = { result: await this.engine.client.call('compareNaming', {}, { signal, onProgress }), of };
    } catch (thrown) {
      if (toFaceError(thrown).code !== 'aborted') throw thrown;
    } finally {
      this.busy = false;
    }
  }

  /** Ends the comparison without a result. */
  stop(): void {
    this.#abort.abort();
  }

  async use(method: NamingMethod): Promise<void> {
    await this.engine.client.call('setNaming', { method });
    this.method = method;
    await this.people.sync();
  }

  /** Tells a worker that may be a new one. */
  async tell(): Promise<void> {
    if (this.method !== 'nearest') await this.engine.client.call('setNaming', { method: this.method });
  }
}
