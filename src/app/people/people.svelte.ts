import { FaceError, toFaceError } from '../../core/errors';
import { knownScale } from '../../core/cohort';
import { personKey } from '../../core/names';
import type { Embedding } from '../../core/types';
import { euclidean } from '../../core/vectors';
import type { FaceRecord, FaceSource, NewFace, PeopleStore, PersonRecord } from '../../store/schema';
import { addCohortMeans } from './cohortMeans';
import { reembed } from './reembed';
import { Duplicates } from './duplicates.svelte';
import type { Engine } from '../shell/engine.svelte';
import type { TaskProgress } from '../shell/task.svelte';

/** Largest distance between two embeddings of one face that different batches or backends computed. */
const SAME_FACE = 1e-3;

/** A person with their faces, oldest first. */
export interface Person extends PersonRecord {
  readonly faces: readonly FaceRecord[];
}

/** Undoes an action. */
export type Undo = () => Promise<void>;

/** A new person with faces of somebody else. */
interface Moved {
  readonly made: PersonRecord;
  readonly undo: Undo;
}

/** The people of the store and the gallery that the worker matches against, kept in step. */
export class People {
  /** By name. */
  list = $state.raw<readonly Person[]>([]);
  byId = $derived(new Map(this.list.map((person) => [person.id, person])));
  hasSamples = $derived(this.list.some((person) => person.faces.some((face) => face.source.kind === 'sample')));
  /** Faces being re-embedded after a change of model. */
  reembedding = $state.raw<TaskProgress | null>(null);
  error = $state.raw<FaceError | null>(null);
  readonly duplicates: Duplicates;

  #running: Promise<void> | null = null;
  #again = false;
  #following = false;
  /** Why re-embedding ended; it is shown, and not retried by itself. */
  #halted: FaceError | null = null;
  #writing = 0;
  #onGallery: (isWhole: boolean) => Promise<void> = () => Promise.resolve();

  constructor(
    readonly store: PeopleStore,
    private readonly engine: Engine,
  ) {
    this.duplicates = new Duplicates(engine, this);
    // Another tab's writes; for own writes `write` awaits a sync.
    store.onChange(() => {
      if (this.#writing === 0) void this.sync();
    });
  }

  /** `callback` runs whenever the worker has a new gallery; `isWhole`: no face waits for re-embedding. */
  onGallery(callback: (isWhole: boolean) => Promise<void>): void {
    this.#onGallery = callback;
  }

  nameOf(id: string | null): string | null {
    return id === null ? null : (this.byId.get(id)?.name ?? null);
  }

  /** The person of that name, compared as the store does (`personKey`). */
  named(name: string): Person | null {
    const wanted = personKey(name);
    return this.list.find((person) => personKey(person.name) === wanted) ?? null;
  }

  /** Reads the people again, sends the gallery, re-embeds faces of other models in the background. Never rejects. */
  sync(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#loop().finally(() => (this.#running = null));
    return this.#running;
  }

  async load(): Promise<void> {
    const [people, faces] = await Promise.all([this.store.list(), this.store.faces()]);
    const byPerson = new Map<string, FaceRecord[]>(people.map((person) => [person.id, []]));
    for (const face of faces.toSorted((a, b) => a.createdAt - b.createdAt)) byPerson.get(face.personId)?.push(face);
    this.list = people
      .map((person) => ({ ...person, faces: byPerson.get(person.id) ?? [] }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Adds the faces to the person of that name, or to a new one. */
  async enrol(name: string, faces: readonly NewFace[]): Promise<Undo> {
    const known = this.named(name);
    if (known) {
      const added = await this.write(() => this.store.addFaces(known.id, faces));
      return () => this.write(() => this.store.removeFaces(added.map((face) => face.id)));
    }
    const person = await this.write(() => this.store.addPerson(name, faces));
    return () => this.write(() => this.store.removePerson(person.id));
  }

  rename(id: string, name: string): Promise<void> {
    return this.write(async () => {
      await this.store.renamePerson(id, name);
    });
  }

  async merge(fromId: string, intoId: string): Promise<Undo> {
    const from = this.byId.get(fromId);
    await this.write(() => this.store.mergePeople(fromId, intoId));
    return async () => {
      if (!from) return;
      const { faces, ...record } = from;
      await this.write(async () => {
        await this.store.restore([record], []);
        await this.store.moveFaces(
          faces.map((face) => face.id),
          fromId,
        );
      });
    };
  }

  async remove(id: string): Promise<Undo> {
    const person = this.byId.get(id);
    await this.write(() => this.store.removePerson(id));
    return async () => {
      if (!person) return;
      const { faces, ...record } = person;
      await this.write(() => this.store.restore([record], faces));
    };
  }

  async removeFace(face: FaceRecord): Promise<Undo> {
    await this.write(() => this.store.removeFaces([face.id]));
    return () => this.write(() => this.store.restore([], [face]));
  }

  async moveFace(face: FaceRecord, toPersonId: string): Promise<Undo> {
    await this.write(() => this.store.moveFaces([face.id], toPersonId));
    return () => this.write(() => this.store.moveFaces([face.id], face.personId));
  }

  /** The stored face that is this very one, named before. */
  sameFace({ modelId, vector }: Embedding, source: FaceSource): FaceRecord | null {
    const isSame = (face: FaceRecord): boolean =>
      face.source.name === source.name &&
      face.embedding.modelId === modelId &&
      euclidean(face.embedding.vector, vector) < SAME_FACE;
    return this.list.flatMap(({ faces }) => faces).find(isSame) ?? null;
  }

  /** Moves an already named face to the person of that name. If it is the only one, its person is renamed or merged. */
  async reassign(face: FaceRecord, name: string): Promise<Undo> {
    const from = this.byId.get(face.personId);
    if (!from) throw new FaceError('store/not-found', { kind: 'person', id: face.personId });
    const into = this.named(name);
    const isOnly = from.faces.length === 1;
    if (into) return isOnly ? this.merge(from.id, into.id) : this.moveFace(face, into.id);
    if (!isOnly) return (await this.#moveToNew(name, from, [face])).undo;
    await this.rename(from.id, name);
    return () => this.rename(from.id, from.name);
  }

  /** Makes a new person of some of a person's faces, called “name (2)” or the next free number. */
  async split(person: Person, faces: readonly FaceRecord[]): Promise<Moved> {
    let number = 2;
    while (this.named(`${person.name} (${number})`)) number++;
    return this.#moveToNew(`${person.name} (${number})`, person, faces);
  }

  async #moveToNew(name: string, from: PersonRecord, faces: readonly FaceRecord[]): Promise<Moved> {
    const ids = faces.map((face) => face.id);
    const made = await this.write(async () => {
      const added = await this.store.addPerson(name, []);
      await this.store.moveFaces(ids, added.id);
      return added;
    });
    const undo = () =>
      this.write(async () => {
        await this.store.moveFaces(ids, from.id);
        await this.store.removePerson(made.id);
      });
    return { made, undo };
  }

  removeSamples(): Promise<void> {
    return this.write(() => this.store.removeSamples());
  }

  /** Runs writes to the store, then syncs list and gallery. */
  async write<T>(action: () => Promise<T>): Promise<T> {
    this.#writing++;
    try {
      return await action();
    } finally {
      this.#writing--;
      await this.sync();
    }
  }

  async #loop(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        await this.load();
        if (this.engine.state) await this.#pushGallery(this.engine.state.model);
        this.error = null;
      } catch (thrown) {
        this.error = toFaceError(thrown);
      }
    }
    if (this.#halted) [this.error, this.#halted] = [this.#halted, null];
    else if (!this.error) this.#follow();
  }

  async #pushGallery(modelId: string): Promise<void> {
    const faces = this.list.flatMap((person) =>
      person.faces
        .filter((face) => this.#isCurrent(face, modelId))
        .map((face) => ({ person: person.id, embedding: face.embedding })),
    );
    await this.engine.client.call('setGallery', { faces });
    await this.#onGallery(!this.#mayFollow(modelId));
    await this.duplicates.check();
  }

  #stale(model: string): FaceRecord[] {
    return this.list.flatMap((person) => person.faces.filter((face) => !this.#isCurrent(face, model)));
  }

  /** Whether a face's embedding is complete and of the model; others are made again from the crop. */
  #isCurrent({ embedding }: FaceRecord, model: string): boolean {
    return embedding.modelId === model && embedding.vector.length === this.engine.state?.embeddingSize;
  }

  /** Faces of the model that were stored without their cohort mean, which the gallery computes each time. */
  #withoutMean(model: string): FaceRecord[] {
    const cohort = this.engine.state?.cohort ?? null;
    return this.list.flatMap((person) =>
      person.faces.filter((face) => this.#isCurrent(face, model) && knownScale(cohort, face.embedding) === null),
    );
  }

  /** Whether faces wait for re-embedding. */
  #mayFollow(model: string): boolean {
    return this.#stale(model).length > 0 && this.#halted === null && this.store.mayWrite();
  }

  /** Stores batch by batch, so that after a failure or a restart only the rest is left. */
  #follow(): void {
    const model = this.engine.state?.model;
    if (model === undefined || this.#following || this.#halted !== null || !this.store.mayWrite()) return;
    const [stale, withoutMean] = [this.#stale(model), this.#withoutMean(model)];
    if (stale.length === 0 && withoutMean.length === 0) return;
    this.#following = true;
    void this.#reembed(stale)
      .then(() => this.#addMeans(withoutMean))
      .catch((thrown: unknown) => (this.#halted = toFaceError(thrown)))
      .then(() => {
        this.#following = false;
        return this.sync();
      })
      .then(() => {
        if (!this.#following) this.reembedding = null;
      });
  }

  async #reembed(stale: readonly FaceRecord[]): Promise<void> {
    const crops = new Map(stale.map(({ id, crop }) => [id, crop]));
    const store = {
      crops: (ids: readonly string[]) => Promise.resolve(new Map(ids.map((id) => [id, crops.get(id)!]))),
      save: (embeddings: ReadonlyMap<string, Embedding>) => this.#quietly(() => this.store.setEmbeddings(embeddings)),
    };
    const onProgress = (progress: TaskProgress | null) => {
      this.reembedding = progress && { ...progress, stage: 'Re-embedding your people’s faces for this model' };
    };
    await reembed(this.engine, [...crops.keys()], store, { onProgress });
  }

  async #addMeans(faces: readonly FaceRecord[]): Promise<void> {
    const embeddings = new Map(faces.map(({ id, embedding }) => [id, embedding]));
    await addCohortMeans(this.engine, [...embeddings.keys()], {
      read: async (ids) => new Map(ids.map((id): [string, Embedding] => [id, embeddings.get(id)!])),
      save: (modelId, means) => this.#quietly(() => this.store.setCohortMeans(modelId, means)),
    });
  }

  /** A write after which nothing has to be read again. */
  async #quietly(write: () => Promise<void>): Promise<void> {
    this.#writing++;
    await write().finally(() => this.#writing--);
  }
}

/** A face as recognised, made ready for the store. */
export function newFace(
  face: { embedding: Embedding; quality: NewFace['quality']; crop?: NewFace['crop'] },
  source: FaceSource,
): NewFace {
  if (!face.crop) throw new FaceError('internal', { reason: 'the face was recognised without keepCrops' });
  return { embedding: face.embedding, crop: face.crop, quality: face.quality, source };
}
