import { FaceError, toFaceError } from '../../core/errors';
import type { TrackResult } from '../../client/types';
import { appearancesOf, type Appearance, type Sighting } from './appearances';
import type { Engine } from './engine.svelte';
import type { People } from './people.svelte';

/** Seconds between the frames that are looked at: faces rarely come and go within half a second. */
export const STEP_S = 0.25;
/** Most faces embedded in one frame: here nobody waits for the next one. */
const EMBEDS = 8;

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
  error = $state.raw<FaceError | null>(null);
  /** The file cannot be used at all. */
  unreadable = $state.raw<FaceError | null>(null);
  #abort = new AbortController();

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
    element.addEventListener('error', () => this.#refuse());
    element.src = URL.createObjectURL(file);
  }

  close(): void {
    this.stop();
    URL.revokeObjectURL(this.element.src);
  }

  /** Looks through the video, which must not be played or sought meanwhile. Never rejects. */
  async run(): Promise<void> {
    const video = this.element;
    this.stop();
    const abort = (this.#abort = new AbortController());
    const session = `file-${++files}`;
    const sightings: Sighting[] = [];
    this.appearances = [];
    this.error = null;
    this.complete = false;
    this.progress = 0;
    try {
      await this.engine.ready();
      video.pause();
      for (let time = 0; time < video.duration && !abort.signal.aborted; time += STEP_S) {
        await seek(video, time, abort.signal);
        const request = {
          session,
          picture: await createImageBitmap(video),
          time: time * 1000,
          embeds: EMBEDS,
          searchAll: true,
        };
        const result = await this.engine.client.call('track', request, { signal: abort.signal });
        sightings.push(...this.#sightings(result, time));
        this.progress = Math.min(1, (time + STEP_S) / video.duration);
        this.appearances = appearancesOf(sightings, STEP_S);
      }
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

/** Seconds after any video's end: a recording does not say how long it is until its end was looked for. */
const FAR_S = 1e7;

/** Finds out how long the video is, and leaves it at its beginning. Throws `video/unreadable`. */
async function knowDuration(video: HTMLVideoElement): Promise<void> {
  const { signal } = new AbortController();
  if (Number.isFinite(video.duration)) return;
  await seek(video, FAR_S, signal);
  await seek(video, 0, signal);
  if (!Number.isFinite(video.duration)) throw new FaceError('video/unreadable');
}

/** Resolves when the frame at `time` (seconds) can be drawn. Throws `video/unreadable`, `aborted`. */
async function seek(video: HTMLVideoElement, time: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new FaceError('aborted');
  const there = video.currentTime === time && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  if (there && !video.seeking) return;
  const over = new AbortController();
  try {
    await new Promise<void>((resolve, reject) => {
      const { signal: until } = over;
      video.addEventListener('seeked', () => resolve(), { signal: until });
      video.addEventListener('error', () => reject(new FaceError('video/unreadable')), { signal: until });
      signal.addEventListener('abort', () => reject(new FaceError('aborted')), { signal: until });
      video.currentTime = time;
    });
  } finally {
    over.abort();
  }
}
