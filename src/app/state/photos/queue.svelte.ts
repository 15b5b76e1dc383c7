import { toFaceError, type FaceError } from '../../../core/errors';
import type { PhotoFolder } from '../../../store/photoSchema';
import type { Engine } from '../engine.svelte';
import { lookAt, photoId } from './look';
import type { Library } from './library.svelte';
import type { PictureSource, SourcePicture } from './sources';

/**
 * New faces between two groupings while more pictures come: so many, and this share of those there are, because the work
 * grows with the square of their number.
 */
const GROUP_EVERY = 200;
const GROUP_SHARE = 0.5;

/** Pictures under way: the worker looks at one while the other is made small and saved. */
const AT_ONCE = 2;

const DAMAGED: ReadonlySet<string> = new Set(['photos/bad-archive', 'photos/cut-archive']);

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
    try {
      for (let job = this.jobs[0]; job; job = this.jobs[0]) {
        await this.#walk(job, this.#abort.signal);
        if (this.#abort.signal.aborted) break;
        this.jobs = this.jobs.filter((other) => other !== job);
        await this.library.finish(job.folder);
      }
    } catch (thrown) {
      const error = toFaceError(thrown);
      if (error.code !== 'aborted') this.error = error;
      if (DAMAGED.has(error.code)) this.jobs = this.jobs.slice(1); // going on would end the same way
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
    const underWay: Promise<void>[] = [];
    try {
      for await (const picture of source.pictures()) {
        if (signal.aborted) return;
        const known = this.library.photoById.get(photoId(folder, picture.path));
        const unchanged = known?.size === picture.size && known.modified === picture.modified;
        if (unchanged && known.error?.code !== 'worker/crashed') {
          this.done++;
          continue;
        }
        const work = this.#look(picture, folder, signal);
        work.catch(() => undefined); // told when its turn to be waited for comes
        underWay.push(work);
        if (underWay.length === AT_ONCE) await underWay.shift();
      }
      await Promise.all(underWay);
    } finally {
      await Promise.allSettled(underWay);
    }
  }

  async #look(picture: SourcePicture, folder: PhotoFolder, signal: AbortSignal): Promise<void> {
    const looked = await lookAt(picture, folder, this.engine, signal);
    await this.library.take(looked);
    this.done++;
    this.#fresh += looked.faces.length;
    if (this.#fresh < Math.max(GROUP_EVERY, GROUP_SHARE * this.#grouped)) return;
    this.#grouped += this.#fresh;
    this.#fresh = 0;
    this.#inBackground(this.library.regroup());
  }
}
