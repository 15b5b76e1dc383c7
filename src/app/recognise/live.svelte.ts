import { FaceError, toFaceError } from '../../core/errors';
import type { LiveFace, PictureFaces, TrackResult } from '../../client/types';
import type { NewFace } from '../../store/schema';
import type { Engine } from '../shell/engine.svelte';
import { FrameLoop } from '../../client/frameLoop';
import { frameOf } from '../../client/pictures';
import { newFace } from '../people/people.svelte';
import { HINTS } from '../shell/words';

const PAUSE_AFTER_ERROR_MS = 1_000;
/** Missed frames during which a confirmed face is still shown at its predicted place: detectors blink. */
const SHOWN_MISSES = 3;
/** Weight of the newest value in the displayed mean. */
const SMOOTHING = 0.15;

/** Displayed speed, smoothed, in milliseconds. */
export interface LiveSpeed {
  /** Results a second. */
  readonly fps: number;
  /** From taking a frame to its boxes. */
  readonly age: number;
  readonly stages: Readonly<Record<string, number>>;
  /** Smallest detectable face, in pixels of the camera's picture; not smoothed. */
  readonly leastFace: number;
}

let videos = 0;

/** Follows the faces of a playing video. */
export class Live {
  faces = $state.raw<readonly LiveFace[]>([]);
  width = $state(0);
  height = $state(0);
  speed = $state.raw<LiveSpeed | null>(null);
  error = $state.raw<FaceError | null>(null);
  /** The camera delivers no frames: nobody is shown. */
  still = $state(false);
  #video = '';
  /** Start of the frames' clock. */
  #clockStart = 0;
  readonly #frames = new FrameLoop(
    (video) => this.#track(video),
    (still) => this.#stands(still),
  );
  #lastResult = 0;

  constructor(private readonly engine: Engine) {}

  follow(video: HTMLVideoElement): void {
    this.leave();
    this.#video = `live-${++videos}`;
    this.#frames.follow(video);
  }

  leave(): void {
    this.#frames.leave();
    if (this.#video !== '') {
      // Not awaited: a closed worker has forgotten the faces anyway.
      this.engine.client.call('endVideo', { video: this.#video }).catch(() => {});
    }
    this.#video = '';
    this.faces = [];
    this.speed = null;
    this.error = null;
  }

  /** The best views of a face, for enrolment. Throws `live/face-gone`, or `live/poor-view` with a hint. */
  async views(id: number, label: string): Promise<NewFace[]> {
    const views = await this.engine.client.call('bestViews', { video: this.#video, id });
    const good = views.filter(({ hint }) => hint === null);
    const [best] = views;
    if (!best) throw new FaceError('live/face-gone');
    if (best.hint !== null) throw new FaceError('live/poor-view', { hint: HINTS[best.hint] });
    const name = `${label || 'Camera'}, ${new Date().toLocaleTimeString()}`;
    return good.map((view) => newFace(view, { kind: 'camera', name }));
  }

  /** People may have left meanwhile: a clock that goes back makes the worker drop all tracks. */
  #stands(still: boolean): void {
    this.still = still;
    this.faces = [];
    this.speed = null;
    this.#clockStart = performance.now();
  }

  async #track(element: HTMLVideoElement): Promise<void> {
    const video = this.#video;
    try {
      await this.engine.ready();
      const taken = performance.now();
      const picture = await frameOf(element);
      let shown = 0;
      const show = (faces: PictureFaces<LiveFace>): void => {
        if (video !== this.#video || this.still) return;
        shown ||= performance.now();
        this.#show(faces);
      };
      const result = await this.engine.client.call(
        'track',
        { video, picture, time: taken - this.#clockStart },
        { onProgress: show },
      );
      show(result);
      if (video === this.#video && !this.still) this.#measure(result, shown - taken);
    } catch (thrown) {
      if (video === this.#video) this.error = toFaceError(thrown);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_ERROR_MS));
    }
  }

  #show({ faces, width, height }: PictureFaces<LiveFace>): void {
    this.faces = faces.filter(({ confirmed, misses }) => confirmed && misses <= SHOWN_MISSES);
    this.width = width;
    this.height = height;
    this.error = null;
  }

  /** `age`: from taking the frame to its boxes, milliseconds. */
  #measure({ timings, leastFace }: TrackResult, age: number): void {
    const now = performance.now();
    const before = this.speed;
    const fps = 1000 / Math.max(now - this.#lastResult, 1);
    this.#lastResult = now;
    this.speed = {
      fps: before ? smooth(before.fps, fps) : fps,
      age: before ? smooth(before.age, age) : age,
      stages: smoothStages(before?.stages ?? {}, timings),
      leastFace,
    };
  }
}

/** Stages that did not run in this frame count as 0. */
function smoothStages(before: LiveSpeed['stages'], now: LiveSpeed['stages']): LiveSpeed['stages'] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return Object.fromEntries([...names].map((name) => [name, smooth(before[name] ?? now[name] ?? 0, now[name] ?? 0)]));
}

function smooth(before: number, now: number): number {
  return before * (1 - SMOOTHING) + now * SMOOTHING;
}
