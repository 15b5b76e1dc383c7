import { FaceError, toFaceError } from '../../core/errors';
import type { PhotoFolder, PhotoStore } from '../../store/photoSchema';
import type { WriteGuard } from '../../store/guard';
import type { Engine } from '../shell/engine.svelte';
import type { People } from '../people/people.svelte';
import type { Notices } from '../shell/notices.svelte';
import { count } from '../shell/words';
import type { Departed } from './folderWalk';
import { Library } from './library.svelte';
import { folderTitles, sameFolder } from './sameFolder';
import { PhotoQueue } from './queue.svelte';
import { droppedParts, notAdded } from '../shell/dropParts';
import { photoId } from './look';
import { numbered, sourceOfEntry, sourceOfFiles, sourceOfHandle, sourceOfPaths, type PictureSource } from './sources';
import { sourceOfZip } from './zipSource';

/** Where pictures are that were dropped without a folder. */
const SINGLE = 'Single pictures';

/** The Photos view's state: the library, what is being added, and where its pictures can be read again. */
export class Photos {
  library = $state.raw<Library | null>(null);
  queue = $state.raw<PhotoQueue | null>(null);
  /** Also look for faces that are upside down or on their side. */
  turned = $state(false);
  /** By folder's id, those that can be read in this session. */
  readonly sources = new Map<string, PictureSource>();
  /** Of this session, by path: all of them together can be read again. */
  readonly #single = new Map<string, File>();
  #opening: Promise<Library> | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly people: People,
    private readonly guard: WriteGuard,
    private readonly store: PhotoStore,
    private readonly notices: Notices,
  ) {}

  /** Opens the library when it is first needed. Throws what the store throws. */
  open(): Promise<Library> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  async #open(): Promise<Library> {
    const library = new Library(this.store, this.engine, this.people);
    await library.load();
    this.library = library;
    this.queue = new PhotoQueue(this.engine, library, (folder, departed) =>
      this.#sayDeparted(library, folder, departed),
    );
    // People may have come or gone while the library was not open.
    void library.peopleChanged().catch((thrown: unknown) => (library.grouping.error = toFaceError(thrown)));
    return library;
  }

  async peopleChanged(): Promise<void> {
    await this.library?.peopleChanged();
  }

  /** Does what changes the library from outside while nothing is being added to it; then reads it anew. */
  async whileStill(change: () => Promise<void>): Promise<void> {
    await this.queue?.stop();
    await change();
    await this.library?.load();
    this.queue?.keep((id) => this.library?.folders.some((folder) => folder.id === id) ?? false);
  }

  async addFiles(files: readonly File[]): Promise<void> {
    if (files.length > 0) await this.#add(sourceOfFiles(files));
  }

  async addZip(file: File): Promise<void> {
    await this.#add(await sourceOfZip(file));
  }

  async addHandle(handle: FileSystemDirectoryHandle): Promise<void> {
    await this.#add(await sourceOfHandle(handle), handle);
  }

  /**
   * What was dropped: folders, zips, and single pictures as one folder. The browser empties `transfer` after the event. What
   * cannot be read ends nothing: it is thrown while the rest goes on.
   */
  async addDrop(transfer: DataTransfer): Promise<void> {
    const { folders, zips, singles, failures } = droppedParts(transfer);
    const sources: PictureSource[] = [];
    const listed = async (source: Promise<PictureSource>) => {
      await source.then((found) => sources.push(found)).catch((thrown: unknown) => failures.push(toFaceError(thrown)));
    };
    for (const file of zips) await listed(sourceOfZip(file));
    for (const entry of folders) await listed(sourceOfEntry(entry));
    if (singles.length > 0) sources.push(this.#sourceOfSingle(singles, await this.open()));
    const adding = this.#addAll(sources);
    await Promise.all([adding, notAdded(failures)]);
  }

  async #addAll(sources: readonly PictureSource[]): Promise<void> {
    for (const source of sources) await this.#add(source);
  }

  /** Asks for permission where it is needed; a folder that was handed over must be given again. */
  async goOn(folder: PhotoFolder): Promise<void> {
    const { handle } = folder;
    if (!this.guard.mayWrite()) throw new FaceError('store/other-tab');
    if (!handle) throw new FaceError('photos/not-at-hand', { name: folder.name, count: 0 });
    if (!(await allowed(handle))) throw new FaceError('aborted');
    const source = await sourceOfHandle(handle);
    // Ticked later, the box holds for what was given before too.
    const wanted = { ...folder, turned: folder.turned || this.turned };
    if (wanted.turned !== folder.turned) await this.library!.addFolder(wanted);
    this.sources.set(folder.id, source);
    await this.queue!.add(wanted, source);
  }

  async remove(folder: PhotoFolder): Promise<void> {
    await this.queue?.drop(folder.id);
    this.sources.delete(folder.id);
    if (isSingle(folder)) this.#single.clear();
    await this.library?.removeFolder(folder);
  }

  /** Of different files with one name each has a path of its own: none takes another's place. */
  #sourceOfSingle(files: readonly File[], library: Library): PictureSource {
    const folder = library.folders.find(isSingle);
    for (const file of files) {
      const isFree = (path: string): boolean => {
        const photo = folder && library.photoById.get(photoId(folder, path));
        const there = this.#single.get(path) ?? (photo && { size: photo.size, lastModified: photo.modified });
        return !there || (there.size === file.size && there.lastModified === file.lastModified);
      };
      let n = 1;
      while (!isFree(numbered(file.name, n))) n++;
      this.#single.set(numbered(file.name, n), file);
    }
    return { ...sourceOfPaths(SINGLE, this.#single), isPartial: true };
  }

  async #add(source: PictureSource, handle?: FileSystemDirectoryHandle): Promise<void> {
    const library = await this.open();
    const known = source.isPartial
      ? (library.folders.find(isSingle) ?? null)
      : await sameFolder(library.folders, library.photos, source, handle);
    const folder: PhotoFolder = {
      ...(known ?? { id: crypto.randomUUID(), name: source.name, kind: 'given', createdAt: Date.now() }),
      ...(handle && { kind: 'handle', handle }),
      turned: this.turned,
      unfinished: true,
    };
    await library.addFolder(folder);
    this.sources.set(folder.id, source);
    await this.queue!.add(folder, source);
  }

  #sayDeparted(library: Library, folder: PhotoFolder, { gone, missing }: Departed): void {
    const name = folderTitles(library.folders).get(folder.id) ?? folder.name;
    if (missing > 0)
      this.notices.done(
        `${count(missing, 'picture')} of ${name} ${missing === 1 ? 'was' : 'were'} not found. The app keeps what it knows of ` +
          `${missing === 1 ? 'it' : 'them'}; remove the folder to forget ${missing === 1 ? 'it' : 'them'}.`,
      );
    else
      this.notices.done(
        `${count(gone.length, 'picture')} ${gone.length === 1 ? 'is' : 'are'} no longer in ${name} and ` +
          `${gone.length === 1 ? 'has' : 'have'} left the list.`,
        {
          label: 'Undo',
          run: async () => void (await library.move(gone.map((stored) => ({ from: stored, to: stored.photo })))),
        },
      );
  }
}

function isSingle({ kind, name }: PhotoFolder): boolean {
  return kind === 'given' && name === SINGLE;
}

/** Chromium asks again after a restart; other browsers have no handles. */
async function allowed(handle: FileSystemDirectoryHandle): Promise<boolean> {
  if (!('requestPermission' in handle) || typeof handle.requestPermission !== 'function') return true;
  const answer: unknown = await handle.requestPermission({ mode: 'read' });
  return answer === 'granted';
}
