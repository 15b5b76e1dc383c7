import type { Embedding } from '../../core/types';
import { normalisedDistance } from '../../core/cohort';
import { euclidean } from '../../core/vectors';
import type {
  Belonging,
  CarryOver,
  PhotoFace,
  PhotoFolder,
  PhotoMove,
  PhotoRecord,
  PhotoStore,
  StoredPhoto,
} from '../../store/photoSchema';
import type { NewFace } from '../../store/schema';
import { scalesOf } from '../people/cohortMeans';
import type { Engine } from '../shell/engine.svelte';
import type { People, Undo } from '../people/people.svelte';
import type { Looked } from './look';
import { PhotoMeans } from './photoMeans.svelte';
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
  /** Faces of nobody that are in no group either, the best one first. */
  loose = $derived(
    this.faces.filter(({ personId, group }) => personId === null && group === null).sort((a, b) => worth(b) - worth(a)),
  );
  readonly grouping: Regrouping;
  readonly means: PhotoMeans;
  /** By content the pictures that have left in this session because their files had. */
  readonly gone = new Map<string, StoredPhoto>();
  /** People who were deleted with their faces: pictures that come back, come without those. */
  readonly #forgotten = new Set<string>();
  /** Saved, and not yet in the lists. */
  #taken: { readonly photo: PhotoRecord; readonly faces: readonly PhotoFace[] | null }[] = [];
  #loading: ReturnType<typeof setTimeout> | undefined;
  #publishing: ReturnType<typeof setTimeout> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly store: PhotoStore,
    private readonly engine: Engine,
    private readonly people: People,
  ) {
    const assign = (changes: ReadonlyMap<string, Belonging>) => this.#assign(changes);
    this.grouping = new Regrouping({ store, faces: () => this.faces, assign }, engine, people);
    this.means = new PhotoMeans(store, engine);
    // Another tab writes picture by picture: the lists are read again for several at once.
    store.onChange((elsewhere) => {
      if (!elsewhere) return;
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

  async take({ photo, thumbnail, faces }: Looked, carry?: CarryOver): Promise<void> {
    const saved = await this.store.savePhoto(photo, thumbnail, faces, carry);
    this.#tell({ photo, faces: saved });
  }

  /** The picture's file has changed, its content has not. */
  async update(photo: PhotoRecord): Promise<void> {
    await this.store.updatePhotos([photo]);
    this.#tell({ photo, faces: null });
  }

  /** As the store's; pictures that had left bring no people back that were deleted meanwhile. */
  async move(moves: readonly PhotoMove[]): Promise<PhotoMove[]> {
    const done = await this.store.movePhotos(moves.map((move) => this.#withoutForgotten(move)));
    for (const { from, to } of done) if (typeof from !== 'string' && to.sha256 !== null) this.gone.delete(to.sha256);
    await this.load();
    if (done.some(({ from }) => typeof from !== 'string')) await this.peopleChanged();
    return done;
  }

  /** Takes pictures out whose files are no longer there; they are kept for this session, for undo and for a file that was moved. */
  async removeGone(ids: readonly string[]): Promise<StoredPhoto[]> {
    const removed = await this.store.removePhotos(ids);
    for (const stored of removed) if (stored.photo.sha256 !== null) this.gone.set(stored.photo.sha256, stored);
    await this.load();
    return removed;
  }

  /** Saved, and to be in the lists: only after it was saved, for lists may be published and replaced meanwhile. */
  #tell(taken: { readonly photo: PhotoRecord; readonly faces: readonly PhotoFace[] | null }): void {
    this.#taken.push(taken);
    this.#publishing ??= setTimeout(() => this.#publish(), PUBLISH_MS);
  }

  #publish(): void {
    clearTimeout(this.#publishing);
    this.#publishing = undefined;
    if (this.#taken.length === 0) return;
    const photos = new Map(this.#taken.map(({ photo }) => [photo.id, photo]));
    const faces = new Map(this.#taken.flatMap(({ photo, faces }) => (faces ? [[photo.id, faces] as const] : [])));
    this.#taken = [];
    this.photos = [...this.photos.filter(({ id }) => !photos.has(id)), ...photos.values()];
    this.faces = [...this.faces.filter(({ photoId }) => !faces.has(photoId)), ...[...faces.values()].flat()];
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
    void this.means.run();
    this.grouping.restart();
  }

  /**
   * Removes all faces of a person, with their crops and numbers, also those of pictures that have left in this session.
   * To be called before the person is deleted: afterwards nobody knows whose they were.
   */
  forget(personId: string): Promise<Undo> {
    return this.#inTurn(async () => {
      this.#publish();
      const ids = this.faces.filter((face) => face.personId === personId).map(({ id }) => id);
      const taken = await this.store.removeFaces(ids);
      this.#forgotten.add(personId);
      await this.load();
      return async () => {
        this.#forgotten.delete(personId);
        await this.store.restoreFaces(taken);
        await this.load();
      };
    });
  }

  #withoutForgotten({ from, to }: PhotoMove): PhotoMove {
    if (typeof from === 'string') return { from, to };
    const faces = from.faces.filter(({ face }) => face.personId === null || !this.#forgotten.has(face.personId));
    return { from: { ...from, faces }, to };
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
      this.faces.map(({ id, personId, confirmed, group }): [string, Belonging] => [id, { personId, confirmed, group }]),
    );
    const named = new Set(faces.map(({ id }) => id));
    const undo = await this.people.enrol(name, learnt);
    const personId = this.people.named(name)!.id;
    await this.#assign(new Map(faces.map(({ id }) => [id, { personId, confirmed: true, group: null }])));
    return async () => {
      await this.#inTurn(async () => {
        // What has joined by itself since, because the person was known by these faces, goes back too.
        const joined = this.faces.filter((face) => face.personId === personId && !face.confirmed);
        const back = [...named, ...joined.map(({ id }) => id)].flatMap((id): [string, Belonging][] => {
          const was = before.get(id);
          return was ? [[id, was]] : [];
        });
        await this.#assign(new Map(back));
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

  /** Pictures with a face of the person that this one is of, by normalised distance, nearest first. */
  async like(embedding: Embedding): Promise<PhotoRecord[]> {
    const state = await this.engine.ready();
    const { threshold } = state;
    const embeddings = await this.store.embeddings();
    const others = this.faces.flatMap(({ id, photoId }) => {
      const other = embeddings.get(id);
      return other?.modelId === embedding.modelId ? [{ photoId, other }] : [];
    });
    const [own, ...scales] = await scalesOf(this.engine, state, [embedding, ...others.map(({ other }) => other)]);
    const nearest = new Map<string, number>();
    for (const [i, { photoId, other }] of others.entries()) {
      const distance = normalisedDistance(euclidean(embedding.vector, other.vector), own!, scales[i]!);
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
