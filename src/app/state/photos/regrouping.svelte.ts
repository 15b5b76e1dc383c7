import { toFaceError, type FaceError } from '../../../core/errors';
import type { Embedding } from '../../../core/types';
import type { Belonging, PhotoFace, PhotoStore } from '../../../store/photoSchema';
import type { Store } from '../../../store/schema';
import type { Engine } from '../engine.svelte';
import type { People } from '../people.svelte';
import {
  belongingsOf,
  chooseFaces,
  groupingRequest,
  groupingState,
  knownFaces,
  PERSON_FACES,
  stillTrue,
} from './groups';

const REEMBEDDED_AT_ONCE = 16;

/** What of the library the grouping reads and writes. */
export interface GroupedFaces {
  readonly store: PhotoStore;
  faces(): readonly PhotoFace[];
  assign(changes: ReadonlyMap<string, Belonging>): Promise<void>;
}

/** Groups the library's faces in the background, as often as something has changed meanwhile. */
export class Regrouping {
  running = $state(false);
  /** Percent of the grouping that is running; 0 while its faces are gathered. */
  percent = $state(0);
  /** The user has stopped the last one: faces that came since the one before have no group. */
  stopped = $state(false);
  /** Faces without a name that were too many to be compared with the others. */
  left = $state(0);
  /** Why the last one that nobody waited for could not be done. */
  error = $state.raw<FaceError | null>(null);
  #again = false;
  #last: Promise<void> | null = null;
  #abort = new AbortController();

  constructor(
    private readonly library: GroupedFaces,
    private readonly engine: Engine,
    private readonly people: People,
    private readonly settings: Pick<Store, 'settings' | 'saveSettings'>,
  ) {}

  /** Groups what is new since the last time, in an earlier session too. Resolves when all is grouped, or was stopped. */
  run(): Promise<void> {
    this.#again = true;
    this.#last ??= this.#all().finally(() => (this.#last = null));
    return this.#last;
  }

  /** What is being worked out is no longer true: the next one begins at once, and nobody waits for it. */
  restart(): void {
    this.#abort.abort();
    this.run().catch((thrown: unknown) => (this.error = toFaceError(thrown)));
  }

  /** The groups stay as they were. */
  stop(): void {
    this.#again = false;
    this.stopped = true;
    this.#abort.abort();
  }

  async #all(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        this.stopped = false;
        this.error = null;
        this.#abort = new AbortController();
        await this.#once(this.#abort.signal).catch((thrown: unknown) => {
          if (toFaceError(thrown).code !== 'aborted') throw thrown;
        });
      }
    } finally {
      this.running = false;
    }
  }

  async #once(signal: AbortSignal): Promise<void> {
    const state = await this.engine.ready().catch(() => null);
    const { store } = this.library;
    if (!state || this.library.faces().length === 0 || !store.mayWrite()) return;
    const { photosGrouped } = await this.settings.settings();
    if (photosGrouped === (await groupingState(state.model, this.library.faces(), this.people.list))) {
      this.left = chooseFaces(this.library.faces()).left;
      return;
    }
    this.percent = 0;
    this.running = true;
    const embeddings = await this.#presentEmbeddings(state.model, signal);
    const [all, people] = [this.library.faces(), this.people.list];
    const { chosen, left } = chooseFaces(all.filter(({ id }) => embeddings.get(id)?.modelId === state.model));
    this.left = left;
    const known = knownFaces(people, chosen, embeddings, state.model, PERSON_FACES);
    const onProgress = ({ done }: { done: number }) => (this.percent = done);
    const request = groupingRequest(chosen, embeddings, known);
    const labels =
      chosen.length > 0 ? await this.engine.client.call('groupFaces', request, { signal, onProgress }) : [];
    const changes = belongingsOf(chosen, known, labels);
    await this.library.assign(stillTrue(changes, chosen, this.library.faces()));
    // Not the faces as they are now: what has changed meanwhile is not grouped yet.
    const grouped = all.map((face) => ({ ...face, ...changes.get(face.id) }));
    await this.settings.saveSettings({ photosGrouped: await groupingState(state.model, grouped, people) });
  }

  /** All embeddings, those of another model made anew from the crops. */
  async #presentEmbeddings(model: string, signal: AbortSignal): Promise<Map<string, Embedding>> {
    const { store } = this.library;
    const embeddings = await store.embeddings();
    const stale = [...embeddings].filter(([, { modelId }]) => modelId !== model).map(([id]) => id);
    for (let start = 0; start < stale.length; start += REEMBEDDED_AT_ONCE) {
      const part: { id: string; crop: NonNullable<Awaited<ReturnType<PhotoStore['crop']>>> }[] = [];
      for (const id of stale.slice(start, start + REEMBEDDED_AT_ONCE)) {
        const crop = await store.crop(id);
        if (crop) part.push({ id, crop });
      }
      const made = await this.engine.client.call('embedStored', { crops: part.map(({ crop }) => crop) }, { signal });
      const fresh = new Map(part.map(({ id }, i): [string, Embedding] => [id, made[i]!]));
      await store.setEmbeddings(fresh);
      for (const [id, embedding] of fresh) embeddings.set(id, embedding);
    }
    return embeddings;
  }
}
