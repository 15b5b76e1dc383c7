import { throwIfAborted } from '../../core/abort';
import { FaceError, toFaceError } from '../../core/errors';
import { openFilm } from './filmFile';
import type { TrackResult } from '../../client/types';
import { appearancesOf, clock, type Appearance, type Sighting } from './appearances';
import { Damage, knowDuration, seek, StandingFrame, STEP_S } from './filmFrames';
import { Task } from '../shell/task.svelte';
import type { Engine } from '../shell/engine.svelte';
import type { People } from '../people/people.svelte';

/** Most faces embedded in one frame: here nobody waits for the next one. */
const EMBEDS = 8;

/** A tenth of the shorter side on, in a small copy: several times faster in large films, and blind for faces in the distance. */
const LARGE_FACES = { minSize: 0.1, maxSide: 640 };

/** How long a film takes to load again at most, and how often that is looked at. */
const LOAD_MS = 10_000;
const WAIT_MS = 20;

let files = 0;

/** An open video file, searched from beginning to end for who is in it when; that continues in other views. */
export class VideoFile {
  /** Plays and seeks whether a view shows it or not. */
  readonly element = document.createElement('video');
  usable = $state(false);
  readonly task = new Task();
  appearances = $state.raw<readonly Appearance[]>([]);
  /** Whether the whole video was searched. */
  complete = $state(false);
  /** Look for large faces only, which is faster. */
  largeOnly = $state(false);
  /** Pixels of the film from which on faces were looked for; 0 before anything was. */
  leastFace = $state(0);
  /** The file cannot be used at all. */
  unreadable = $state.raw<FaceError | null>(null);
  #closed = false;
  /** Whether the file's end is missing by its own account. */
  #isCut = false;

  constructor(
    private readonly engine: Engine,
    private readonly people: People,
    readonly file: File,
  ) {
    const { element } = this;
    element.muted = true;
    element.playsInline = true;
    element.preload = 'auto';
    element.ariaLabel = 'The video';
    element.addEventListener('loadedmetadata', () => void this.#loaded());
    element.addEventListener('error', () => this.#broken());
    void this.#open();
  }

  close(): void {
    this.task.abort();
    this.#closed = true;
    URL.revokeObjectURL(this.element.src);
  }

  /** Searches the video, which must not be played or sought meanwhile. Resolves in any case; what was found stays. */
  async run(): Promise<void> {
    const { element, largeOnly } = this;
    const video = `file-${++files}`;
    this.complete = false;
    const found = await this.task.run(async ({ signal, onProgress }) => {
      this.appearances = [];
      const report = (time: number): void =>
        onProgress({ stage: 'Searching the video', done: Math.min(time, element.duration), total: element.duration });
      report(0);
      await this.engine.ready();
      element.pause();
      return this.#search(signal, report, async (picture, time) => {
        const request = { video, picture, time: time * 1000, embeds: EMBEDS, searchAll: true };
        const options = largeOnly && { options: LARGE_FACES };
        const result = await this.engine.client.call('track', { ...request, ...options }, { signal });
        this.leastFace = result.leastFace;
        return this.#sightings(result, time);
      });
    });
    if (found) {
      this.task.error = found.error();
      this.complete = true;
    }
    this.engine.client.call('endVideo', { video }).catch(() => {});
  }

  /** Hands each frame to `track` and gathers who is in it; skips damaged places. Throws `video/unreadable`, `aborted`. */
  async #search(
    signal: AbortSignal,
    report: (time: number) => void,
    track: (picture: ImageBitmap, time: number) => Promise<Sighting[]>,
  ): Promise<Damage> {
    const video = this.element;
    const stands = new StandingFrame(video, signal);
    const damage = new Damage();
    let sightings: Sighting[] = [];
    for (let time = 0; time < video.duration;) {
      throwIfAborted(signal);
      report(time);
      let picture: ImageBitmap;
      try {
        await seek(video, time, signal);
        const end = this.#isCut ? await stands.end(time) : null;
        if (end !== null) {
          sightings = sightings.filter((sighting) => sighting.time < end);
          damage.endsAt(end);
          break;
        }
        picture = await pictureOf(video);
      } catch (thrown) {
        // At the very beginning it is the whole film; else what comes after the place may be whole.
        if (time === 0 || toFaceError(thrown).code !== 'video/unreadable') throw thrown;
        await this.#loadedAgain(signal);
        time = damage.next(time, video.duration, STEP_S);
        continue;
      }
      damage.passed(time);
      sightings.push(...(await track(picture, time)));
      time += STEP_S;
      this.appearances = appearancesOf(sightings, STEP_S);
    }
    this.appearances = appearancesOf(sightings, STEP_S);
    return damage;
  }

  async #loaded(): Promise<void> {
    try {
      // Sound alone is a video without a size.
      if (this.element.videoWidth === 0) throw new FaceError('video/unreadable');
      await knowDuration(this.element);
      this.usable = true;
    } catch {
      this.#refuse();
    }
  }

  async #open(): Promise<void> {
    try {
      const { blob, isCut } = await openFilm(this.file);
      if (this.#closed) return;
      this.#isCut = isCut;
      this.element.src = URL.createObjectURL(blob);
    } catch {
      // The file is no longer where it was chosen.
      this.#refuse();
    }
  }

  /** After a place that cannot be read the browser shows nothing of a film any more, until it is loaded again. */
  #broken(): void {
    if (!this.usable) {
      this.#refuse();
      return;
    }
    if (!this.task.running) this.task.error = new FaceError('video/cut-off', { time: clock(this.element.currentTime) });
    this.usable = false;
    this.element.load();
  }

  /** Resolves when the film can be sought again after an error. Throws `video/unreadable`, `aborted`. */
  async #loadedAgain(signal: AbortSignal): Promise<void> {
    for (let waited = 0; !this.usable; waited += WAIT_MS) {
      if (signal.aborted) throw new FaceError('aborted');
      if (this.unreadable || waited > LOAD_MS) throw new FaceError('video/unreadable');
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }

  #refuse(): void {
    this.unreadable = new FaceError('video/unreadable');
  }

  #sightings({ faces }: TrackResult, time: number): Sighting[] {
    return faces
      .filter(({ misses }) => misses === 0)
      .map(({ id, match }) => ({
        time,
        track: id,
        name: this.people.nameOf(match?.person ?? null),
        certainty: match?.person == null ? null : match.certainty,
      }));
  }
}

/** The video of the Recognise view. */
export class OpenVideo {
  file = $state.raw<VideoFile | null>(null);

  constructor(
    private readonly engine: Engine,
    private readonly people: People,
  ) {}

  /** In place of the one before. */
  show(file: File): void {
    this.close();
    this.file = new VideoFile(this.engine, this.people, file);
  }

  close(): void {
    this.file?.close();
    this.file = null;
  }
}

/** The frame that is shown. Throws `video/unreadable`: an error of the film may come right after the seek ended. */
async function pictureOf(video: HTMLVideoElement): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(video);
  } catch {
    throw new FaceError('video/unreadable');
  }
}
