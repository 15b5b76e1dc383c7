/** The photo library: sources of pictures, and reading them in the background while other views are shown. */
import { FaceError, toFaceError } from '../../core/errors';
import type { WriteGuard } from '../../store/guard';
import type { PhotoFolder, PhotoStore } from '../../store/photoSchema';
import type { People } from '../people/people.svelte';
import { droppedParts, notAdded } from '../shell/dropped';
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

/** Least new faces between groupings, and their share of the present ones: the work grows with the square. */
const GROUP_EVERY = 200;
const GROUP_SHARE = 0.5;
/** Another tab writes each picture by itself: the lists are read again at most this often. */
const RELOAD_MS = 500;

interface Job {
  readonly folder: PhotoFolder;
  readonly source: PhotoSource;
}

export class Library extends GroupedPhotos {
  isOpen = $state(false);
  /** Also search new pictures for faces that are upside down or on their side. */
  turned = $state(false);
  /** Folders to read; the first one is being read or paused. */
  jobs = $state.raw<readonly Job[]>([]);
  readonly reading = new Task();
  /** Pictures read of the first job; `total` null: not known yet. */
  done = $state(0);
  total = $state<number | null>(null);
  /** By folder id, the sources that can be read until the page closes. */
  readonly sources = new Map<string, PhotoSource>();
  /** Single pictures given since the page opened, by path. */
  readonly #singles = new Map<string, File>();
  #opening: Promise<void> | null = null;
  /** Faces added since the last grouping, and the number before. */
  #fresh = 0;
  #before = 0;
  #read: Promise<unknown> = Promise.resolve();
  /** As `#read`, including the grouping. */
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

  /** Reads the lists when first needed. Throws what the store throws. */
  open(): Promise<void> {
    this.#opening ??= this.load().then(() => {
      this.isOpen = true;
      // People may have changed while the library was closed.
      this.peopleChanged().catch((thrown: unknown) => (this.grouping.error = toFaceError(thrown)));
    });
    return this.#opening;
  }

  /** Adds a new or known source; resolves when it has been read or paused. */
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

  /** Adds dropped folders, zips, pictures as one folder. Call it within the event. Throws while the rest is read. */
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

  /** Reads a folder again, after asking for permission where needed. A folder without a handle must be given again. */
  async readAgain(folder: PhotoFolder): Promise<void> {
    const { handle } = folder;
    if (!this.tabs.mayWrite()) throw new FaceError('store/other-tab');
    if (!handle) throw new FaceError('photos/not-at-hand', { name: folder.name, count: 0 });
    if (!(await isAllowed(handle))) throw new FaceError('aborted');
    const source = await sourceOfHandle(handle);
    // The option applies to known folders too.
    const wanted = { ...folder, turned: folder.turned || this.turned };
    if (wanted.turned !== folder.turned) await this.putFolder(wanted);
    await this.#queue(wanted, source);
  }

  /** Removes a folder once nothing of it is being written; reading the others continues. */
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

  /** Runs a change of the store while nothing is being added, then reads the lists again. */
  async whileStill(change: () => Promise<void>): Promise<void> {
    this.pause();
    await this.#ended;
    await change();
    if (!this.#opening) return;
    await this.load();
    this.jobs = this.jobs.filter((job) => this.folders.some(({ id }) => id === job.folder.id));
  }

  /** Keeps what was read; `read` continues. */
  pause(): void {
    this.reading.abort();
  }

  /** Reads the waiting folders. Never rejects; resolves when all are read and grouped, or after a pause or failure. */
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
    // Again for folders added while the run was ending.
    while (this.jobs.length > 0 && (await this.reading.run((call) => this.#readJobs(call))));
  }

  /** Resolves to whether it finished. */
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
