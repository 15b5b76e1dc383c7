import { throwIfAborted } from '../../core/abort';
import { FaceError, toFaceError } from '../../core/errors';
import { openFilm } from './filmFile';
import type { TrackResult } from '../../client/types';
import { appearancesOf, clock, type Appearance, type Sighting } from './appearances';
import { Damage, knowDuration, seek, StandingFrame, STEP_S } from './filmFrames';
import { Task } from '../shell/task.svelte';
import type { Engine } from '../shell/engine.svelte';
import type { People } from '../people/people.svelte';

/** Most faces embedded per frame: nobody waits for the next one. */
const EMBEDS = 8;

/** Faces from a tenth of the shorter side on, in a small copy: several times faster, but blind to distant faces. */
const LARGE_FACES = { minSize: 0.1, maxSide: 640 };

/** Longest reload of a film, and how often it is polled. */
const LOAD_MS = 10_000;
const WAIT_MS = 20;

let files = 0;

/** An open video file and the search for who is in it when, which continues in other views. */
export class VideoFile {
  /** Plays and seeks even while no view shows it. */
  readonly element = document.createElement('video');
  usable = $state(false);
  readonly task = new Task();
  appearances = $state.raw<readonly Appearance[]>([]);
  /** Whether the whole video was searched. */
  complete = $state(false);
  /** Look for large faces only, which is faster. */
  largeOnly = $state(false);
  /** Smallest detectable face, in the film's pixels; 0 before a search. */
  leastFace = $state(0);
  /** The file cannot be used at all. */
  unreadable = $state.raw<FaceError | null>(null);
  #closed = false;
  /** Whether the file's headers say that its end is missing. */
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

  /** Searches the video, which must not be played meanwhile. Never rejects; what was found stays. */
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

  /** Passes each frame to `track`; skips damaged places. Throws `video/unreadable`, `aborted`. */
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
        // At the start the whole film is unreadable; later the rest may be readable.
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
      // A file with sound only has no size.
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
      // The file is no longer there.
      this.#refuse();
    }
  }

  /** After an unreadable place the browser shows nothing until the film is loaded again. */
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

  /** Replaces the previous one. */
  show(file: File): void {
    this.close();
    this.file = new VideoFile(this.engine, this.people, file);
  }

  close(): void {
    this.file?.close();
    this.file = null;
  }
}

/** The displayed frame. Throws `video/unreadable`: an error may follow right after a seek. */
async function pictureOf(video: HTMLVideoElement): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(video);
  } catch {
    throw new FaceError('video/unreadable');
  }
}
