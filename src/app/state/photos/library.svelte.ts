import type { Embedding } from '../../../core/types';
import { euclidean } from '../../../core/vectors';
import type { Belonging, PhotoFace, PhotoFolder, PhotoRecord, PhotoStore } from '../../../store/photoSchema';
import type { NewFace, Store } from '../../../store/schema';
import type { Engine } from '../engine.svelte';
import type { People, Undo } from '../people.svelte';
import type { Looked } from './look';
import { Regrouping } from './regrouping.svelte';

/** Faces by which a newly named person is learnt. */
const LEARNT = 8;
/** Between two times that the lists tell of new pictures: each makes them and all that is drawn from them anew. */
const PUBLISH_MS = 500;

/** A person of the library, or somebody without a name. */
export interface FaceGroup {
  readonly key: string;
  readonly personId: string | null;
  /** The best one first. */
  readonly faces: readonly PhotoFace[];
}

/** The pictures that were added, their faces, and who they are. */
export class Library {
  folders = $state.raw<readonly PhotoFolder[]>([]);
  photos = $state.raw<readonly PhotoRecord[]>([]);
  faces = $state.raw<readonly PhotoFace[]>([]);
  photoById = $derived(new Map(this.photos.map((photo) => [photo.id, photo])));
  groups = $derived(this.#groups());
  readonly grouping: Regrouping;
  /** Saved, and not yet in the lists. */
  #taken: { readonly photo: PhotoRecord; readonly faces: readonly PhotoFace[] }[] = [];
  #loading: ReturnType<typeof setTimeout> | undefined;
  #publishing: ReturnType<typeof setTimeout> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly store: PhotoStore,
    engine: Engine,
    private readonly people: People,
    settings: Store,
  ) {
    const assign = (changes: ReadonlyMap<string, Belonging>) => this.#assign(changes);
    this.grouping = new Regrouping({ store, faces: () => this.faces, assign }, engine, people, settings);
    // A picture that another tab takes is one change: many are told together.
    store.onChange(() => {
      this.#loading ??= setTimeout(() => {
        this.#loading = undefined;
        void this.load();
      }, PUBLISH_MS);
    });
  }

  async load(): Promise<void> {
    const [folders, photos, faces] = await Promise.all([this.store.folders(), this.store.photos(), this.store.faces()]);
    this.folders = folders;
    this.photos = photos;
    this.faces = faces;
  }

  async addFolder(folder: PhotoFolder): Promise<void> {
    await this.store.putFolder(folder);
    this.folders = [...this.folders.filter(({ id }) => id !== folder.id), folder];
  }

  async finish(folder: PhotoFolder): Promise<void> {
    await this.addFolder({ ...folder, unfinished: false });
  }

  async removeFolder(folder: PhotoFolder): Promise<void> {
    await this.store.removeFolder(folder.id);
    this.#taken = [];
    await this.load();
  }

  async take({ photo, thumbnail, faces }: Looked): Promise<void> {
    const saved = await this.store.savePhoto(photo, thumbnail, faces);
    // Only now: what was taken before may have been published, and its list replaced, while this one was saved.
    this.#taken.push({ photo, faces: saved });
    this.#publishing ??= setTimeout(() => this.#publish(), PUBLISH_MS);
  }

  #publish(): void {
    clearTimeout(this.#publishing);
    this.#publishing = undefined;
    if (this.#taken.length === 0) return;
    const taken = new Map(this.#taken.map((each) => [each.photo.id, each]));
    const fresh = [...taken.values()];
    this.#taken = [];
    this.photos = [...this.photos.filter(({ id }) => !taken.has(id)), ...fresh.map(({ photo }) => photo)];
    this.faces = [...this.faces.filter(({ photoId }) => !taken.has(photoId)), ...fresh.flatMap(({ faces }) => faces)];
  }

  /** Groups the faces anew, those of the pictures taken last too. */
  regroup(): Promise<void> {
    this.#publish();
    return this.grouping.run();
  }

  facesIn(photoId: string): PhotoFace[] {
    return this.faces.filter((face) => face.photoId === photoId).sort((a, b) => a.box.x0 - b.box.x0);
  }

  /** The people have changed: who was deleted is nobody any more, and who is not known yet may be after the grouping. */
  peopleChanged(): Promise<void> {
    return this.#inTurn(() => this.#rematch());
  }

  async #rematch(): Promise<void> {
    if (this.faces.length === 0 || !this.store.mayWrite()) return;
    const gone = this.faces.filter(({ personId }) => personId !== null && !this.people.byId.has(personId));
    const nobody: Belonging = { personId: null, confirmed: false, group: null };
    const changes = new Map(gone.map(({ id }): [string, Belonging] => [id, nobody]));
    await this.#assign(changes);
    this.#publish();
    this.grouping.restart();
  }

  /** Gives all faces of a group one name, and learns the person from the best of them. */
  async name(faces: readonly PhotoFace[], name: string): Promise<Undo> {
    const undo = await this.#inTurn(() => this.#name(faces, name));
    await this.peopleChanged();
    return undo;
  }

  async #name(faces: readonly PhotoFace[], name: string): Promise<Undo> {
    const best = [...faces].sort((a, b) => worth(b) - worth(a)).slice(0, LEARNT);
    const embeddings = await this.store.embeddings();
    const learnt: NewFace[] = [];
    for (const { id, photoId, quality } of best) {
      const [crop, embedding] = [await this.store.crop(id), embeddings.get(id)];
      const path = this.photoById.get(photoId)?.path ?? '';
      if (crop && embedding) learnt.push({ crop, embedding, quality, source: { kind: 'picture', name: path } });
    }
    const before = new Map(
      faces.map(({ id, personId, confirmed, group }): [string, Belonging] => [id, { personId, confirmed, group }]),
    );
    const undo = await this.people.enrol(name, learnt);
    const personId = this.people.named(name)!.id;
    await this.#assign(new Map(faces.map(({ id }) => [id, { personId, confirmed: true, group: null }])));
    return async () => {
      await this.#inTurn(async () => {
        await this.#assign(before);
        await undo();
      });
      await this.peopleChanged();
    };
  }

  /** The face is not that person's, and is left alone from now on. */
  async reject({ id, personId, confirmed, group }: PhotoFace): Promise<Undo> {
    await this.#assign(new Map([[id, { personId: null, confirmed: true, group: null }]]));
    return () => this.#assign(new Map([[id, { personId, confirmed, group }]]));
  }

  /** Pictures with a face like this one, nearest first. */
  async like(embedding: Embedding, threshold: number): Promise<PhotoRecord[]> {
    const embeddings = await this.store.embeddings();
    const nearest = new Map<string, number>();
    for (const { id, photoId } of this.faces) {
      const other = embeddings.get(id);
      if (other?.modelId !== embedding.modelId) continue;
      const distance = euclidean(embedding.vector, other.vector);
      if (distance <= Math.min(threshold, nearest.get(photoId) ?? Infinity)) nearest.set(photoId, distance);
    }
    return [...nearest].sort((a, b) => a[1] - b[1]).flatMap(([id]) => this.photoById.get(id) ?? []);
  }

  /** One change of who is who after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #groups(): FaceGroup[] {
    const found = new Map<string, PhotoFace[]>();
    for (const face of this.faces) {
      const key = face.personId ?? face.group;
      if (key === null) continue;
      const list = found.get(key);
      if (list) list.push(face);
      else found.set(key, [face]);
    }
    return [...found]
      .map(([key, faces]) => ({
        key,
        personId: faces[0]!.personId,
        faces: faces.sort((a, b) => worth(b) - worth(a)),
      }))
      .sort((a, b) => b.faces.length - a.faces.length || (a.key < b.key ? -1 : 1));
  }

  async #assign(changes: ReadonlyMap<string, Belonging>): Promise<void> {
    if (changes.size === 0) return;
    await this.store.assign(changes);
    this.faces = this.faces.map((face) => ({ ...face, ...changes.get(face.id) }));
  }
}

/** Large and sharp faces stand for a person. */
function worth({ quality, score }: PhotoFace): number {
  return score * Math.min(quality.size, 200) * Math.min(quality.sharpness, 800);
}
