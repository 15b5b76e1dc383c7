/** Faces followed through a video that plays, or a canvas that is drawn on. */
import type { DetectOptions, LiveFace, PictureFaces } from '../../workers/protocol';
import { toFaceError, type FaceError } from '../core/errors';
import type { RecognisedFace } from '../core/types';
import type { FaceNet } from './faceNet';
import { FrameLoop } from './frameLoop';
import { frameOf, type FrameSource } from './pictures';

export interface TrackOptions {
  /**
   * Called with every frame's faces, twice where one of them is embedded, which takes longer than everything else. A face
   * keeps its `id` while it is followed; `match` is voted over its views, and null until the first of them is embedded.
   */
  readonly onFaces: (faces: PictureFaces<LiveFace>) => void;
  /** Called when a frame could not be worked on; the next one follows after a second. */
  readonly onError?: (error: FaceError) => void;
  /** Stops as `stop()` does. */
  readonly signal?: AbortSignal | undefined;
  readonly detect?: DetectOptions | undefined;
}

const PAUSE_AFTER_ERROR_MS = 1_000;

/** Each is a video of its own for the worker. */
let tracked = 0;

/** One source that is followed, until `stop`. */
export class Tracking {
  readonly #video = `tracking-${++tracked}`;
  readonly #frames: FrameLoop<FrameSource>;
  #stopped = false;
  /** Who was there before the picture stood still may have left: a clock that goes back makes the worker start over. */
  #clockStart = 0;

  constructor(
    private readonly net: Pick<FaceNet, 'call'>,
    source: FrameSource,
    private readonly options: TrackOptions,
  ) {
    this.#frames = new FrameLoop(
      (shown) => this.#track(shown),
      () => (this.#clockStart = performance.now()),
    );
    options.signal?.addEventListener('abort', () => this.stop(), { once: true });
    if (options.signal?.aborted) this.stop();
    else this.#frames.follow(source);
  }

  /** The best views of a face that is followed, for `people`, those that need no hint first. */
  bestViews(id: number): Promise<RecognisedFace[]> {
    return this.net.call('bestViews', { video: this.#video, id });
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#frames.leave();
    // Nobody waits for it, and a worker that is gone has forgotten the faces anyway.
    this.net.call('endVideo', { video: this.#video }).catch(() => {});
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  async #track(source: FrameSource): Promise<void> {
    const { onFaces, onError, detect: options } = this.options;
    const show = (faces: PictureFaces<LiveFace>) => {
      if (!this.#stopped) onFaces(faces);
    };
    try {
      const time = performance.now() - this.#clockStart;
      const request = { video: this.#video, picture: await frameOf(source), time, options };
      show(await this.net.call('track', request, { onProgress: show }));
    } catch (thrown) {
      if (this.#stopped) return;
      onError?.(toFaceError(thrown));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_ERROR_MS));
    }
  }
}
