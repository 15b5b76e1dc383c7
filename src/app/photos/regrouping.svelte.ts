import { toFaceError, type FaceError } from '../../core/errors';
import type { Embedding } from '../../core/types';
import type { Belonging, PhotoFace, PhotoStore } from '../../store/photoSchema';
import type { Engine } from '../shell/engine.svelte';
import { reembed } from '../people/reembed';
import type { People } from '../people/people.svelte';
import {
  belongingsOf,
  chooseFaces,
  groupingRequest,
  groupingState,
  knownFaces,
  markOf,
  PERSON_FACES,
  stillTrue,
  type KnownFace,
} from './groups';

/** With so many times the faces of when all were compared, all are again: what was right of few may be wrong of many. */
const MORE = 1.5;

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
  /** Why the last one that nobody waited for could not be done. */
  error = $state.raw<FaceError | null>(null);
  /** What has been compared already: only what is new is then. */
  #marks: { readonly model: string; readonly whole: number; readonly of: ReadonlySet<string> } = {
    model: '',
    whole: 0,
    of: new Set(),
  };
  #again = false;
  #last: Promise<void> | null = null;
  #abort = new AbortController();

  constructor(
    private readonly library: GroupedFaces,
    private readonly engine: Engine,
    private readonly people: People,
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
    if ((await store.groupedBy()) === (await groupingState(state.model, this.library.faces(), this.people.list))) {
      this.#remember(state.model, this.library.faces());
      return;
    }
    this.percent = 0;
    this.running = true;
    const embeddings = await this.#presentEmbeddings(state.model, signal);
    const [all, people] = [this.library.faces(), this.people.list];
    const chosen = chooseFaces(all.filter(({ id }) => embeddings.get(id)?.modelId === state.model));
    const known = knownFaces(people, chosen, embeddings, state.model, PERSON_FACES);
    const onProgress = ({ done }: { done: number }) => (this.percent = done);
    const before = this.#marks.model === state.model && chosen.length < MORE * this.#marks.whole;
    const { request, order } = groupingRequest(chosen, embeddings, known, before ? this.#marks.of : new Set());
    const answer =
      chosen.length > 0 ? await this.engine.client.call('groupFaces', request, { signal, onProgress }) : [];
    const labels = new Int32Array(order.length);
    for (const [at, place] of order.entries()) labels[place] = answer[at]!;
    const changes = belongingsOf(chosen, known, labels);
    await this.library.assign(stillTrue(changes, chosen, this.library.faces()));
    // Not the faces as they are now: what has changed meanwhile is not grouped yet.
    const grouped = all.map((face) => ({ ...face, ...changes.get(face.id) }));
    await store.setGroupedBy(await groupingState(state.model, grouped, people));
    this.#remember(state.model, grouped, 'from' in request ? this.#marks.whole : chosen.length, known);
  }

  /** These faces have been compared with each other; `whole`: how many there were when all were. */
  #remember(model: string, faces: readonly PhotoFace[], whole = faces.length, known: readonly KnownFace[] = []): void {
    this.#marks = { model, whole, of: new Set([...faces, ...known].map(markOf)) };
  }

  /** All embeddings, those of another model made again from the crops. */
  async #presentEmbeddings(model: string, signal: AbortSignal): Promise<Map<string, Embedding>> {
    const { store } = this.library;
    const embeddings = await store.embeddings();
    const stale = [...embeddings].filter(([, { modelId }]) => modelId !== model).map(([id]) => id);
    const crops = async (ids: readonly string[]) => {
      const found = await Promise.all(ids.map(async (id) => [id, await store.crop(id)] as const));
      return new Map(found.flatMap(([id, crop]) => (crop ? [[id, crop] as const] : [])));
    };
    const save = (fresh: ReadonlyMap<string, Embedding>) => store.setEmbeddings(fresh);
    return new Map([...embeddings, ...(await reembed(this.engine, stale, { crops, save }, { signal }))]);
  }
}
