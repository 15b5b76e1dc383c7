import { toFaceError, type FaceError } from '../../../core/errors';
import type { PhotoFolder } from '../../../store/photoSchema';
import type { Engine } from '../engine.svelte';
import { lookAt, photoId } from './look';
import type { Library } from './library.svelte';
import type { PictureSource } from './sources';

/**
 * New faces between two groupings while more pictures come: so many, and this share of those there are, because the work
 * grows with the square of their number.
 */
const GROUP_EVERY = 200;
const GROUP_SHARE = 0.5;

interface Job {
  readonly folder: PhotoFolder;
  readonly source: PictureSource;
}

/** Goes through folders in the background, one picture at a time; what is known and unchanged is skipped. */
export class PhotoQueue {
  jobs = $state.raw<readonly Job[]>([]);
  running = $state(false);
  done = $state(0);
  /** Null: not known yet. */
  total = $state<number | null>(null);
  error = $state.raw<FaceError | null>(null);
  #abort = new AbortController();
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
      if (error.code === 'photos/bad-archive') this.jobs = this.jobs.slice(1); // going on would end the same way
    } finally {
      this.running = false;
    }
    await this.library.regroup();
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

  /** Leaves off a folder, which is to be removed. */
  drop(folderId: string): void {
    if (this.jobs[0]?.folder.id === folderId) this.pause();
    this.jobs = this.jobs.filter((job) => job.folder.id !== folderId);
  }

  /** Pictures go on meanwhile. */
  #inBackground(work: Promise<void>): void {
    work.catch((thrown: unknown) => (this.error = toFaceError(thrown)));
  }

  async #walk({ folder, source }: Job, signal: AbortSignal): Promise<void> {
    this.done = 0;
    this.total = source.total;
    let fresh = 0;
    let grouped = this.library.faces.length;
    for await (const picture of source.pictures()) {
      if (signal.aborted) return;
      const known = this.library.photoById.get(photoId(folder, picture.path));
      const unchanged = known?.size === picture.size && known.modified === picture.modified;
      if (!unchanged || known.error?.code === 'worker/crashed') {
        const looked = await lookAt(picture, folder, this.engine, signal);
        await this.library.take(looked);
        fresh += looked.faces.length;
        if (fresh >= Math.max(GROUP_EVERY, GROUP_SHARE * grouped)) {
          grouped += fresh;
          fresh = 0;
          this.#inBackground(this.library.regroup());
        }
      }
      this.done++;
    }
  }
}
