import type { CrossValidation } from '../../client/types';
import type { Engine } from '../shell/engine.svelte';
import { Task } from '../shell/task.svelte';
import type { People } from './people.svelte';

/** How a person's name is chosen among those within the threshold. */
export type ClassifierMethod = 'nearest' | 'logistic';

/** Whether the nearest face or a classifier names people, until the app is closed, and how the two compare. */
export class ClassifierChoice {
  method = $state<ClassifierMethod>('nearest');
  readonly comparison = new Task();
  #compared = $state.raw<{ readonly result: CrossValidation; readonly of: string } | null>(null);
  readonly #faces = $derived.by(() => this.people.list.map(({ id, faces }) => `${id}:${faces.length}`).join(' '));
  /** Null also once people or faces have come or gone: it says nothing of those. */
  readonly result = $derived.by(() => (this.#compared?.of === this.#faces ? this.#compared.result : null));

  constructor(
    private readonly engine: Engine,
    private readonly people: People,
  ) {}

  /** Resolves in any case. */
  async compare(): Promise<void> {
    await this.comparison.run(async (call) => {
      await this.engine.ready();
      const of = this.#faces;
      this.#compared = { result: await this.engine.client.call('compareClassifiers', {}, call), of };
    });
  }

  async use(method: ClassifierMethod): Promise<void> {
    await this.engine.client.call('setClassifier', { method });
    this.method = method;
    await this.people.sync();
  }

  /** Sends the choice to a worker that may be a new one. */
  async resend(): Promise<void> {
    if (this.method !== 'nearest') await this.engine.client.call('setClassifier', { method: this.method });
  }
}
