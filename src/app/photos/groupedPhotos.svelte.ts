/** Who is in the pictures: grouping, naming, and updates when people change. */
import type { Assignment, PhotoFace, PhotoMove, PhotoStore } from '../../store/photoSchema';
import type { NewFace } from '../../store/schema';
import { addCohortMeans } from '../people/cohortMeans';
import type { People, Undo } from '../people/people.svelte';
import type { Engine } from '../shell/engine.svelte';
import { Task } from '../shell/task.svelte';
import { stillTrue, worth } from './groups';
import { PhotoLists } from './photoLists.svelte';
import { NOTHING_COMPARED, regroup } from './regroup';

/** Faces enrolled for a newly named person. */
const ENROLLED = 8;
const NOBODY: Assignment = { personId: null, confirmed: false, group: null };

export class GroupedPhotos extends PhotoLists {
  /** Has progress only while faces are compared. */
  readonly grouping = new Task();
  /** The user aborted the last grouping: newer faces have no group. */
  groupingAborted = $state(false);
  /** Adding cohort means to faces stored by an earlier version. */
  readonly means = new Task();
  /** Deleted people whose faces must not return with pictures that return. */
  readonly #forgotten = new Set<string>();
  #compared = NOTHING_COMPARED;
  #again = false;
  #meansAgain = false;
  #grouped: Promise<void> | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    store: PhotoStore,
    protected readonly engine: Engine,
    private readonly people: People,
  ) {
    super(store);
  }

  /** Groups what is new since the last grouping, which may have been before a restart. Never rejects. */
  regroup(): Promise<void> {
    this.publish();
    this.#again = true;
    this.#grouped ??= this.#regroupAll();
    return this.#grouped;
  }

  /** Keeps the groups as they were. */
  abortGrouping(): void {
    this.#again = false;
    this.groupingAborted = true;
    this.grouping.abort();
  }

  async #regroupAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      this.groupingAborted = false;
      const found = await this.grouping.run(async (call) => {
        const grouping = await regroup(this, this.people, this.engine, this.#compared, call);
        if (!grouping) return null;
        await this.assign(stillTrue(grouping.changes, grouping.faces, this.faces));
        if (grouping.state !== null) await this.store.setGroupedBy(grouping.state);
        return grouping.compared;
      });
      if (found) this.#compared = found;
    }
    this.#grouped = null;
  }

  /** Clears deleted people from their faces; a grouping in the background may assign unknown faces to new ones. */
  peopleChanged(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.faces.length === 0 || !this.store.mayWrite()) return;
      const gone = this.faces.filter(({ personId }) => personId !== null && !this.people.byId.has(personId));
      await this.assign(new Map(gone.map(({ id }) => [id, NOBODY])));
      void this.addMeans();
      this.grouping.abort(); // its comparison is out of date
      void this.regroup();
    });
  }

  /** Never rejects; after an error the next call adds the rest. */
  async addMeans(): Promise<void> {
    this.#meansAgain = true;
    while (this.#meansAgain && !this.means.running) {
      this.#meansAgain = false;
      await this.means.run(async () => {
        const state = await this.engine.ready().catch(() => null);
        if (!state?.cohort || !this.store.mayWrite()) return;
        await addCohortMeans(this.engine, await this.store.facesWithoutMean(state.cohort.id), {
          read: (some) => this.store.embeddingsOf(some),
          save: (modelId, means) => this.store.setCohortMeans(modelId, means),
        });
      });
    }
  }

  /** Removes a person's faces, crops and embeddings, also in pictures that can return. Call it before deleting them. */
  forget(personId: string): Promise<Undo> {
    return this.#inTurn(async () => {
      this.publish();
      const ids = this.faces.filter((face) => face.personId === personId).map(({ id }) => id);
      const removed = await this.store.removeFaces(ids);
      this.#forgotten.add(personId);
      await this.load();
      return async () => {
        this.#forgotten.delete(personId);
        await this.store.restoreFaces(removed);
        await this.load();
      };
    });
  }

  /** As the store's `movePhotos`; returning pictures do not bring back deleted people. */
  override async move(moves: readonly PhotoMove[]): Promise<PhotoMove[]> {
    const done = await super.move(moves.map((move) => this.#withoutForgotten(move)));
    if (done.some(({ from }) => typeof from !== 'string')) await this.peopleChanged();
    return done;
  }

  #withoutForgotten({ from, to }: PhotoMove): PhotoMove {
    if (typeof from === 'string') return { from, to };
    const faces = from.faces.filter(({ face }) => face.personId === null || !this.#forgotten.has(face.personId));
    return { from: { ...from, faces }, to };
  }

  /** Names all faces and enrols the best of them. */
  async name(faces: readonly PhotoFace[], name: string): Promise<Undo> {
    const undo = await this.#inTurn(() => this.#name(faces, name));
    await this.peopleChanged();
    return undo;
  }

  async #name(faces: readonly PhotoFace[], name: string): Promise<Undo> {
    const before = new Map(
      this.faces.map(({ id, personId, confirmed, group }): [string, Assignment] => [
        id,
        { personId, confirmed, group },
      ]),
    );
    const named = new Set(faces.map(({ id }) => id));
    const undo = await this.people.enrol(name, await this.#bestOf(faces));
    const personId = this.people.named(name)!.id;
    await this.assign(new Map(faces.map(({ id }) => [id, { personId, confirmed: true, group: null }])));
    return async () => {
      await this.#inTurn(async () => {
        // Faces that were assigned because of these go back too.
        const joined = this.faces.filter((face) => face.personId === personId && !face.confirmed);
        const back = [...named, ...joined.map(({ id }) => id)].flatMap((id): [string, Assignment][] => {
          const was = before.get(id);
          return was ? [[id, was]] : [];
        });
        await this.assign(new Map(back));
        await undo();
      });
      await this.peopleChanged();
    };
  }

  async #bestOf(faces: readonly PhotoFace[]): Promise<NewFace[]> {
    const embeddings = await this.store.embeddings();
    const best: NewFace[] = [];
    for (const { id, photoId, quality } of faces.toSorted((a, b) => worth(b) - worth(a)).slice(0, ENROLLED)) {
      const [crop, embedding] = [await this.store.crop(id), embeddings.get(id)];
      const name = this.photoById.get(photoId)?.path ?? '';
      if (crop && embedding) best.push({ crop, embedding, quality, source: { kind: 'picture', name } });
    }
    return best;
  }

  /** Takes the face out of its person or group for good. */
  async reject({ id, personId, confirmed, group }: PhotoFace): Promise<Undo> {
    await this.assign(new Map([[id, { personId: null, confirmed: true, group: null }]]));
    return () => this.assign(new Map([[id, { personId, confirmed, group }]]));
  }

  /** Serialises changes of assignments. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
