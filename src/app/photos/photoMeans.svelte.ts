import { toFaceError, type FaceError } from '../../core/errors';
import type { PhotoStore } from '../../store/photoSchema';
import { addCohortMeans } from '../people/cohortMeans';
import type { Engine } from '../shell/engine.svelte';

/** Gives faces of pictures that were added by a version before their cohort means, in the background. */
export class PhotoMeans {
  /** Why not all have one; the rest follows when it is run again. */
  error = $state.raw<FaceError | null>(null);
  #again = false;
  #running: Promise<void> | null = null;

  constructor(
    private readonly store: PhotoStore,
    private readonly engine: Engine,
  ) {}

  /** Resolves when all have one, or `error` says why not. Never rejects. */
  run(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#all()
      .catch((thrown: unknown) => {
        this.error = toFaceError(thrown);
      })
      .finally(() => (this.#running = null));
    return this.#running;
  }

  async #all(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const state = await this.engine.ready().catch(() => null);
      if (!state?.cohort || !this.store.mayWrite()) return;
      const ids = await this.store.facesWithoutMean(state.cohort.id);
      await addCohortMeans(this.engine, ids, {
        read: (some) => this.store.embeddingsOf(some),
        save: (modelId, means) => this.store.setCohortMeans(modelId, means),
      });
      this.error = null;
    }
  }
}
