/** The photo library: where pictures come from, and the reading of them in the background, while other views are shown. */
import { FaceError, toFaceError } from '../../core/errors';
import type { WriteGuard } from '../../store/guard';
import type { PhotoFolder, PhotoStore } from '../../store/photoSchema';
import type { People } from '../people/people.svelte';
import { droppedParts, notAdded } from '../shell/dropParts';
import type { Engine } from '../shell/engine.svelte';
import type { Notices } from '../shell/notices.svelte';
import { Task, type TaskCall } from '../shell/task.svelte';
import { departedText } from './folderNotes';
import { FolderWalk, type Departed } from './folderWalk';
import { GroupedPhotos } from './groupedPhotos.svelte';
import { readFolder } from './readFolder';
import { folderTitles, sameFolder } from './sameFolder';
import { photoId } from './scan';
import { addSingles, isSingle } from './singlePictures';
import { sourceOfEntry, sourceOfHandle, type PhotoSource } from './sources';
import { pageGuard, type TabGuard } from './tabGuard';
import { sourceOfZip } from './zipSource';

/**
 * New faces between two groupings while more pictures come: at least this many, and this share of those there are, because
 * the work grows with the square of their number.
 */
const GROUP_EVERY = 200;
const GROUP_SHARE = 0.5;
/** Another tab writes picture by picture: the lists are read again for several at once. */
const RELOAD_MS = 500;

interface Job {
  readonly folder: PhotoFolder;
  readonly source: PhotoSource;
}

export class Library extends GroupedPhotos {
  /** Whether the lists were read. */
  isOpen = $state(false);
  /** Also look for faces that are upside down or on their side, in pictures that are added from now on. */
  turned = $state(false);
  /** Folders to read; the first one is being read, or waits for `read`. */
  jobs = $state.raw<readonly Job[]>([]);
  readonly reading = new Task();
  /** Of the first job, pictures that were read; `total` null: not known yet. */
  done = $state(0);
  total = $state<number | null>(null);
  /** By folder's id, those that can be read in this session. */
  readonly sources = new Map<string, PhotoSource>();
  /** Of this session, by path. */
  readonly #singles = new Map<string, File>();
  #opening: Promise<void> | null = null;
  /** Faces that have come since the last grouping, and those before it. */
  #fresh = 0;
  #before = 0;
  #read: Promise<unknown> = Promise.resolve();
  /** As `#read`, with the grouping that follows. */
  #ended: Promise<void> = Promise.resolve();

  constructor(
    store: PhotoStore,
    engine: Engine,
    people: People,
    private readonly tabs: Pick<WriteGuard, 'mayWrite'>,
    private readonly notices: Pick<Notices, 'done'>,
    private readonly guard: TabGuard = pageGuard(),
  ) {
    super(store, engine, people);
    let timer: ReturnType<typeof setTimeout> | undefined;
    store.onChange((elsewhere) => {
      if (!elsewhere || !this.#opening) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void this.load();
      }, RELOAD_MS);
    });
  }

  /** Reads the lists when they are first needed. Throws what the store throws. */
  open(): Promise<void> {
    this.#opening ??= this.load().then(() => {
      this.isOpen = true;
      // They may have come or gone while the library was not open.
      this.peopleChanged().catch((thrown: unknown) => (this.grouping.error = toFaceError(thrown)));
    });
    return this.#opening;
  }

  /** A source that was given, whether the library knows its folder or not; resolves when it has been read, or was paused. */
  async add(source: PhotoSource, handle?: FileSystemDirectoryHandle): Promise<void> {
    await this.open();
    const known = source.isPartial
      ? (this.folders.find(isSingle) ?? null)
      : await sameFolder(this.folders, this.photos, source, handle);
    const folder: PhotoFolder = {
      ...(known ?? { id: crypto.randomUUID(), name: source.name, kind: 'given', createdAt: Date.now() }),
      ...(handle && { kind: 'handle', handle }),
      turned: this.turned,
      unfinished: true,
    };
    await this.putFolder(folder);
    await this.#queue(folder, source);
  }

  /**
   * What was dropped: folders, zips, and single pictures as one folder. The browser empties `transfer` after the event. What
   * cannot be read ends nothing: it is thrown while the rest continues.
   */
  async addDrop(transfer: DataTransfer): Promise<void> {
    const { folders, zips, singles, failures } = droppedParts(transfer);
    const sources: PhotoSource[] = [];
    const opened = [...zips.map((file) => sourceOfZip(file)), ...folders.map((entry) => sourceOfEntry(entry))];
    for (const result of await Promise.allSettled(opened))
      if (result.status === 'fulfilled') sources.push(result.value);
      else failures.push(toFaceError(result.reason));
    if (singles.length > 0) {
      await this.open();
      const folder = this.folders.find(isSingle);
      const photoAt = (path: string) => folder && this.photoById.get(photoId(folder, path));
      sources.push(addSingles(this.#singles, singles, photoAt));
    }
    const adding = (async () => {
      for (const source of sources) await this.add(source);
    })();
    await Promise.all([adding, notAdded(failures)]);
  }

  /** Reads a folder again. Asks for permission where it is needed; a folder that was handed over must be given again. */
  async readAgain(folder: PhotoFolder): Promise<void> {
    const { handle } = folder;
    if (!this.tabs.mayWrite()) throw new FaceError('store/other-tab');
    if (!handle) throw new FaceError('photos/not-at-hand', { name: folder.name, count: 0 });
    if (!(await isAllowed(handle))) throw new FaceError('aborted');
    const source = await sourceOfHandle(handle);
    // Ticked later, the box holds for what was given before too.
    const wanted = { ...folder, turned: folder.turned || this.turned };
    if (wanted.turned !== folder.turned) await this.putFolder(wanted);
    await this.#queue(wanted, source);
  }

  /** Forgets a folder once nothing of it is written any more; the others continue. */
  async remove(folder: PhotoFolder): Promise<void> {
    const wasRunning = this.reading.running;
    if (wasRunning && this.jobs[0]?.folder.id === folder.id) {
      this.pause();
      await this.#read;
    }
    this.jobs = this.jobs.filter((job) => job.folder.id !== folder.id);
    if (wasRunning && !this.reading.running && this.jobs.length > 0) void this.read();
    this.sources.delete(folder.id);
    if (isSingle(folder)) this.#singles.clear();
    await this.removeRecords(folder.id);
  }

  /** Does what changes the library from outside while nothing is being added to it; then reads its lists again. */
  async whileStill(change: () => Promise<void>): Promise<void> {
    this.pause();
    await this.#ended;
    await change();
    if (!this.#opening) return;
    await this.load();
    this.jobs = this.jobs.filter((job) => this.folders.some(({ id }) => id === job.folder.id));
  }

  /** What was read is kept; `read` continues. */
  pause(): void {
    this.reading.abort();
  }

  /** Reads the folders that wait. Resolves in any case, when all are read and grouped, or reading was paused or failed. */
  async read(): Promise<void> {
    if (!this.reading.running) this.#ended = this.#readAndGroup();
    await this.#ended;
  }

  async #queue(folder: PhotoFolder, source: PhotoSource): Promise<void> {
    this.sources.set(folder.id, source);
    this.jobs = [...this.jobs.filter((job) => job.folder.id !== folder.id), { folder, source }];
    await this.read();
  }

  async #readAndGroup(): Promise<void> {
    this.#read = this.#readAll();
    await this.#read;
    await this.regroup();
  }

  async #readAll(): Promise<void> {
    this.guard.begin();
    // Once more for what was added while the run was ending.
    while (this.jobs.length > 0 && (await this.reading.run((call) => this.#readJobs(call))));
  }

  /** Resolves to whether it came to the end. */
  async #readJobs({ signal }: TaskCall): Promise<boolean> {
    for (let job = this.jobs[0]; job; job = this.jobs[0]) {
      const { folder, source } = job;
      this.done = 0;
      this.total = source.total;
      this.#fresh = 0;
      this.#before = this.faces.length;
      const walk = new FolderWalk(folder, this, this.engine, this.guard);
      const departed = await readFolder(walk, source, signal, (faces, pictures) => this.#count(faces, pictures));
      if (signal.aborted) return false;
      if (departed) this.#notify(folder, departed);
      this.jobs = this.jobs.filter((other) => other !== job);
      await this.putFolder({ ...folder, unfinished: false, report: source.report() });
    }
    return true;
  }

  #count(faces: number, pictures: number): void {
    this.done += pictures;
    this.#fresh += faces;
    if (this.#fresh < Math.max(GROUP_EVERY, GROUP_SHARE * this.#before)) return;
    this.#before += this.#fresh;
    this.#fresh = 0;
    void this.regroup();
  }

  #notify(folder: PhotoFolder, departed: Departed): void {
    const text = departedText(folderTitles(this.folders).get(folder.id) ?? folder.name, departed);
    if (text === null) return;
    const moves = departed.gone.map((stored) => ({ from: stored, to: stored.photo }));
    this.notices.done(text, moves.length > 0 ? () => this.move(moves) : undefined);
  }
}

/** Chromium asks again after a restart; other browsers have no handles. */
async function isAllowed(handle: FileSystemDirectoryHandle): Promise<boolean> {
  if (!handle.requestPermission) return true;
  return (await handle.requestPermission({ mode: 'read' })) === 'granted';
}
