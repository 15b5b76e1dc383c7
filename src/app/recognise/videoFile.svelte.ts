import { FaceError, toFaceError } from '../../core/errors';
import { openFilm } from './filmFile';
import type { TrackResult } from '../../client/types';
import { appearancesOf, clock, type Appearance, type Sighting } from './appearances';
import { Damage, knowDuration, seek, StandingFrame, STEP_S } from './filmFrames';
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

/** An open video file, looked through from beginning to end: who is in it when. That goes on in other views. */
export class VideoFile {
  /** Plays and seeks whether a view shows it or not. */
  readonly element = document.createElement('video');
  usable = $state(false);
  /** Share done, 0–1; null while not running. */
  progress = $state<number | null>(null);
  appearances = $state.raw<readonly Appearance[]>([]);
  /** Whether the whole video was looked through. */
  complete = $state(false);
  /** Look for large faces only, which is faster. */
  largeOnly = $state(false);
  /** Pixels of the film from which on faces were looked for; 0 before anything was. */
  leastFace = $state(0);
  error = $state.raw<FaceError | null>(null);
  /** The file cannot be used at all. */
  unreadable = $state.raw<FaceError | null>(null);
  #abort = new AbortController();
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
    this.stop();
    this.#closed = true;
    URL.revokeObjectURL(this.element.src);
  }

  /** Looks through the video, which must not be played or sought meanwhile. Never rejects. */
  async run(): Promise<void> {
    const video = this.element;
    this.stop();
    const abort = (this.#abort = new AbortController());
    const session = `file-${++files}`;
    let sightings: Sighting[] = [];
    const stands = new StandingFrame(video, abort.signal);
    const damage = new Damage();
    const { largeOnly } = this;
    this.appearances = [];
    this.error = null;
    this.complete = false;
    this.progress = 0;
    try {
      await this.engine.ready();
      video.pause();
      for (let time = 0; time < video.duration && !abort.signal.aborted;) {
        let picture: ImageBitmap;
        try {
          await seek(video, time, abort.signal);
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
          await this.#loadedAgain(abort.signal);
          time = damage.next(time, video.duration, STEP_S);
          this.progress = Math.min(1, time / video.duration);
          continue;
        }
        damage.passed(time);
        const request = {
          session,
          picture,
          time: time * 1000,
          embeds: EMBEDS,
          searchAll: true,
          ...(largeOnly && { options: LARGE_FACES }),
        };
        const result = await this.engine.client.call('track', request, { signal: abort.signal });
        this.leastFace = result.leastFace;
        sightings.push(...this.#sightings(result, time));
        time += STEP_S;
        this.progress = Math.min(1, time / video.duration);
        this.appearances = appearancesOf(sightings, STEP_S);
      }
      this.appearances = appearancesOf(sightings, STEP_S);
      this.error = damage.error();
      this.complete = !abort.signal.aborted;
    } catch (thrown) {
      const error = toFaceError(thrown);
      if (error.code !== 'aborted') this.error = error;
    } finally {
      if (abort === this.#abort) this.progress = null;
      this.engine.client.call('endTrack', { session }).catch(() => {});
    }
  }

  /** Keeps what was found so far. */
  stop(): void {
    this.#abort.abort();
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
    if (this.progress === null) this.error = new FaceError('video/cut-off', { time: clock(this.element.currentTime) });
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
export class Videos {
  open = $state.raw<VideoFile | null>(null);

  constructor(
    private readonly engine: Engine,
    private readonly people: People,
  ) {}

  /** In place of the one before. */
  show(file: File): void {
    this.close();
    this.open = new VideoFile(this.engine, this.people, file);
  }

  close(): void {
    this.open?.close();
    this.open = null;
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
