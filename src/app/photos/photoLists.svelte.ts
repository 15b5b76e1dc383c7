/** The library's records as reactive lists, and the writes that keep lists and store in step. */
import type {
  Assignment,
  CarryOver,
  PhotoFace,
  PhotoFolder,
  PhotoMove,
  PhotoRecord,
  PhotoStore,
  StoredPhoto,
} from '../../store/photoSchema';
import { groupsOf, worth } from './groups';
import type { ScanResult } from './scan';

/** Minimum time between two updates of the lists; each one re-renders everything drawn from them. */
const PUBLISH_MS = 500;

export class PhotoLists {
  folders = $state.raw<readonly PhotoFolder[]>([]);
  photos = $state.raw<readonly PhotoRecord[]>([]);
  faces = $state.raw<readonly PhotoFace[]>([]);
  photoById = $derived(new Map(this.photos.map((photo) => [photo.id, photo])));
  groups = $derived(groupsOf(this.faces));
  /** Faces without a person or a group, best first. */
  loose = $derived(
    this.faces.filter(({ personId, group }) => personId === null && group === null).sort((a, b) => worth(b) - worth(a)),
  );
  /** By content the pictures whose files disappeared since the page opened. */
  readonly gone = new Map<string, StoredPhoto>();
  /** Saved but not listed yet; `faces` null: unchanged. */
  #saved: { readonly photo: PhotoRecord; readonly faces: readonly PhotoFace[] | null }[] = [];
  #publishing: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly store: PhotoStore) {}

  async load(): Promise<void> {
    const [folders, photos, faces] = await Promise.all([this.store.folders(), this.store.photos(), this.store.faces()]);
    this.folders = folders;
    this.photos = photos;
    this.faces = faces;
  }

  async putFolder(folder: PhotoFolder): Promise<void> {
    await this.store.putFolder(folder);
    this.folders = [...this.folders.filter(({ id }) => id !== folder.id), folder];
  }

  protected async removeRecords(folderId: string): Promise<void> {
    await this.store.removeFolder(folderId);
    this.#saved = [];
    await this.load();
  }

  /** As the store's `savePhoto`. */
  async save({ photo, thumbnail, faces }: ScanResult, carry?: CarryOver): Promise<void> {
    this.#add({ photo, faces: await this.store.savePhoto(photo, thumbnail, faces, carry) });
  }

  /** Saves a picture whose file changed while its content did not. */
  async update(photo: PhotoRecord): Promise<void> {
    await this.store.updatePhotos([photo]);
    this.#add({ photo, faces: null });
  }

  /** As the store's `movePhotos`. */
  async move(moves: readonly PhotoMove[]): Promise<PhotoMove[]> {
    const done = await this.store.movePhotos(moves);
    for (const { from, to } of done) if (typeof from !== 'string' && to.sha256 !== null) this.gone.delete(to.sha256);
    await this.load();
    return done;
  }

  /** Removes pictures whose files are gone; they are kept until the page closes, for undo and for moved files. */
  async removeGone(ids: readonly string[]): Promise<StoredPhoto[]> {
    const removed = await this.store.removePhotos(ids);
    for (const stored of removed) if (stored.photo.sha256 !== null) this.gone.set(stored.photo.sha256, stored);
    await this.load();
    return removed;
  }

  async assign(changes: ReadonlyMap<string, Assignment>): Promise<void> {
    if (changes.size === 0) return;
    await this.store.assign(changes);
    this.faces = this.faces.map((face) => ({ ...face, ...changes.get(face.id) }));
  }

  /** To be called after saving, as the lists may be replaced during it. */
  #add(saved: { readonly photo: PhotoRecord; readonly faces: readonly PhotoFace[] | null }): void {
    this.#saved.push(saved);
    this.#publishing ??= setTimeout(() => this.publish(), PUBLISH_MS);
  }

  /** Adds what was saved to the lists. */
  publish(): void {
    clearTimeout(this.#publishing);
    this.#publishing = undefined;
    if (this.#saved.length === 0) return;
    const photos = new Map(this.#saved.map(({ photo }) => [photo.id, photo]));
    const faces = new Map(this.#saved.flatMap(({ photo, faces }) => (faces ? [[photo.id, faces] as const] : [])));
    this.#saved = [];
    this.photos = [...this.photos.filter(({ id }) => !photos.has(id)), ...photos.values()];
    this.faces = [...this.faces.filter(({ photoId }) => !faces.has(photoId)), ...[...faces.values()].flat()];
  }
}
