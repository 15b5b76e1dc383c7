import { toFaceError, type FaceError } from '../../core/errors';
import type { TrackedFace, TrackResult } from '../../client/types';
import type { NewFace } from '../../store/schema';
import type { Engine } from './engine.svelte';
import { newFace } from './people.svelte';

const PAUSE_AFTER_ERROR_MS = 1_000;
/** Frames for which a face not found is still shown where it should be: detectors blink. */
const SHOWN_MISSES = 3;
/** Weight of the newest number in what the pane shows. */
const SMOOTHING = 0.15;

/** What the pane shows, smoothed; milliseconds. */
export interface LiveSpeed {
  /** Results a second. */
  readonly fps: number;
  /** From a frame taken to its result here. */
  readonly age: number;
  readonly stages: Readonly<Record<string, number>>;
}

let videos = 0;

/** Follows the faces of a playing video: never more than one frame in flight, those that come meanwhile are dropped. */
export class Live {
  faces = $state.raw<readonly TrackedFace[]>([]);
  width = $state(0);
  height = $state(0);
  speed = $state.raw<LiveSpeed | null>(null);
  error = $state.raw<FaceError | null>(null);
  #session = '';
  #video: HTMLVideoElement | null = null;
  #cancel = (): void => {};
  #busy = false;
  #lastResult = 0;

  constructor(private readonly engine: Engine) {}

  follow(video: HTMLVideoElement): void {
    this.leave();
    this.#video = video;
    this.#session = `live-${++videos}`;
    this.#wait(video);
  }

  leave(): void {
    this.#cancel();
    if (this.#video) {
      // Nobody waits for it, and a worker that is gone has forgotten the faces anyway.
      this.engine.client.call('endTrack', { session: this.#session }).catch(() => {});
    }
    this.#video = null;
    this.faces = [];
    this.speed = null;
    this.error = null;
  }

  /** The best views of a face, for enrolment; none where it was never seen well or is long gone. */
  async views(id: number, label: string): Promise<NewFace[]> {
    const views = await this.engine.client.call('trackedFace', { session: this.#session, id });
    const name = `${label || 'Camera'}, ${new Date().toLocaleTimeString()}`;
    return views.map((view) => newFace(view, { kind: 'camera', name }));
  }

  #wait(video: HTMLVideoElement): void {
    this.#cancel = onNextFrame(video, () => {
      if (video !== this.#video) return;
      if (!this.#busy && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) void this.#track(video);
      this.#wait(video);
    });
  }

  async #track(video: HTMLVideoElement): Promise<void> {
    this.#busy = true;
    const session = this.#session;
    try {
      await this.engine.ready();
      const time = performance.now();
      const picture = await frameOf(video);
      const result = await this.engine.client.call('track', { session, picture, time });
      if (session === this.#session && video === this.#video) this.#take(result, time);
    } catch (thrown) {
      if (session === this.#session && video === this.#video) this.error = toFaceError(thrown);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_ERROR_MS));
    } finally {
      this.#busy = false;
    }
  }

  #take({ faces, width, height, timings }: TrackResult, taken: number): void {
    this.faces = faces.filter(({ misses }) => misses <= SHOWN_MISSES);
    this.width = width;
    this.height = height;
    this.error = null;
    const now = performance.now();
    const before = this.speed;
    const fps = 1000 / Math.max(now - this.#lastResult, 1);
    this.#lastResult = now;
    this.speed = {
      fps: before ? smooth(before.fps, fps) : fps,
      age: before ? smooth(before.age, now - taken) : now - taken,
      stages: smoothStages(before?.stages ?? {}, timings),
    };
  }
}

/** Stages that did not run in this frame count as 0: the numbers are a frame's share. */
function smoothStages(before: LiveSpeed['stages'], now: LiveSpeed['stages']): LiveSpeed['stages'] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return Object.fromEntries([...names].map((name) => [name, smooth(before[name] ?? now[name] ?? 0, now[name] ?? 0)]));
}

function smooth(before: number, now: number): number {
  return before * (1 - SMOOTHING) + now * SMOOTHING;
}

/** Calls back at the video's next frame, or the screen's where the browser cannot say. Gives what calls it off. */
function onNextFrame(video: HTMLVideoElement, callback: () => void): () => void {
  if ('requestVideoFrameCallback' in video) {
    const id = video.requestVideoFrameCallback(callback);
    return () => video.cancelVideoFrameCallback(id);
  }
  const id = requestAnimationFrame(callback);
  return () => cancelAnimationFrame(id);
}

async function frameOf(video: HTMLVideoElement): Promise<VideoFrame | ImageBitmap> {
  return typeof VideoFrame === 'function' ? new VideoFrame(video) : createImageBitmap(video);
}
