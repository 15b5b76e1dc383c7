import { toFaceError, type FaceError } from '../../core/errors';
import type { FolderReport, PhotoFolder } from '../../store/photoSchema';
import type { Engine } from '../shell/engine.svelte';
import { FolderWalk, type Departed } from './folderWalk';
import type { Library } from './library.svelte';
import type { PictureSource } from './sources';
import { pageGuard, type TabGuard } from './tabGuard';

/**
 * New faces between two groupings while more pictures come: so many, and this share of those there are, because the work
 * grows with the square of their number.
 */
const GROUP_EVERY = 200;
const GROUP_SHARE = 0.5;

/** Pictures under way: the worker looks at one while the other is made small and saved. */
const AT_ONCE = 2;

interface Job {
  readonly folder: PhotoFolder;
  readonly source: PictureSource;
}

/** Goes through folders in the background; what is known and unchanged is skipped. */
export class PhotoQueue {
  jobs = $state.raw<readonly Job[]>([]);
  running = $state(false);
  done = $state(0);
  /** Null: not known yet. */
  total = $state<number | null>(null);
  error = $state.raw<FaceError | null>(null);
  /** Faces that have come since the last grouping, and those before it. */
  #fresh = 0;
  #grouped = 0;
  #abort = new AbortController();
  #walked: Promise<void> = Promise.resolve();
  /** As `#walked`, with the grouping behind it. */
  #ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly engine: Engine,
    private readonly library: Library,
    /** Hears of pictures that are no longer in a folder after a pass through it. */
    private readonly onDeparted: (folder: PhotoFolder, departed: Departed) => void,
    private readonly guard: TabGuard = pageGuard(),
  ) {}

  /** Resolves when everything is done, or was paused. */
  async add(folder: PhotoFolder, source: PictureSource): Promise<void> {
    this.jobs = [...this.jobs.filter((job) => job.folder.id !== folder.id), { folder, source }];
    await this.run();
  }

  async run(): Promise<void> {
    if (!this.running) this.#ended = this.#run();
    await this.#ended;
  }

  async #run(): Promise<void> {
    this.#walked = this.#walkAll();
    await this.#walked;
    await this.library.regroup();
  }

  async #walkAll(): Promise<void> {
    this.running = true;
    this.error = null;
    this.#abort = new AbortController();
    this.guard.begin();
    try {
      for (let job = this.jobs[0]; job; job = this.jobs[0]) {
        await this.#walk(job, this.#abort.signal);
        if (this.#abort.signal.aborted) break;
        this.jobs = this.jobs.filter((other) => other !== job);
        await this.library.finish({ ...job.folder, report: job.source.report() });
      }
    } catch (thrown) {
      const error = toFaceError(thrown);
      if (error.code !== 'aborted') this.error = error;
    } finally {
      this.running = false;
    }
  }

  pause(): void {
    this.#abort.abort();
  }

  /** Resolves when nothing of it writes any more; it goes on by `run`. */
  async stop(): Promise<void> {
    this.pause();
    await this.#ended;
  }

  /** Forgets the folders that are no more. */
  keep(isThere: (folderId: string) => boolean): void {
    this.jobs = this.jobs.filter(({ folder }) => isThere(folder.id));
  }

  /** Leaves off a folder that is to be removed; resolves when nothing of it is written any more. The others go on. */
  async drop(folderId: string): Promise<void> {
    const wasRunning = this.running;
    if (wasRunning && this.jobs[0]?.folder.id === folderId) {
      this.pause();
      await this.#walked;
    }
    this.jobs = this.jobs.filter((job) => job.folder.id !== folderId);
    if (wasRunning && !this.running && this.jobs.length > 0) this.#inBackground(this.run());
  }

  /** Pictures go on meanwhile. */
  #inBackground(work: Promise<void>): void {
    work.catch((thrown: unknown) => (this.error = toFaceError(thrown)));
  }

  async #walk({ folder, source }: Job, signal: AbortSignal): Promise<void> {
    this.done = 0;
    this.total = source.total;
    this.#fresh = 0;
    this.#grouped = this.library.faces.length;
    const walk = new FolderWalk(folder, this.library, this.engine, this.guard);
    try {
      await this.#seeAll(walk, source, signal);
      if (signal.aborted) return;
      this.#count(await walk.settle(source, true, signal));
    } catch (thrown) {
      if (!signal.aborted) await walk.settle(source, false, signal);
      throw thrown;
    }
    if (signal.aborted || source.isPartial || !isComplete(source.report())) return;
    const departed = await walk.removeGone();
    if (departed.gone.length > 0 || departed.missing > 0) this.onDeparted(folder, departed);
  }

  async #seeAll(walk: FolderWalk, source: PictureSource, signal: AbortSignal): Promise<void> {
    const underWay: Promise<void>[] = [];
    try {
      for await (const picture of source.pictures()) {
        if (signal.aborted) return;
        const work = walk.see(picture, signal).then((faces) => {
          this.done++;
          this.#count(faces);
        });
        work.catch(() => undefined); // told when its turn to be waited for comes
        underWay.push(work);
        if (underWay.length === AT_ONCE) await underWay.shift();
      }
      await Promise.all(underWay);
    } finally {
      await Promise.allSettled(underWay);
    }
  }

  #count(faces: number): void {
    this.#fresh += faces;
    if (this.#fresh < Math.max(GROUP_EVERY, GROUP_SHARE * this.#grouped)) return;
    this.#grouped += this.#fresh;
    this.#fresh = 0;
    this.#inBackground(this.library.regroup());
  }
}

/** What is not among the pictures is not there: no file and no folder was passed over that may hold known pictures. */
function isComplete({ problem, skippedTotal, places, kinds }: FolderReport): boolean {
  const ofOtherKinds = Object.values(kinds).reduce((sum, n) => sum + n, 0);
  return problem === null && places === 0 && skippedTotal === ofOtherKinds;
}
