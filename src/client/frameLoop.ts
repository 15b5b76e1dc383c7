/** The frames of a playing video or of a canvas that is drawn on, one at a time, as fast as they can be worked on. */
import type { FrameSource } from './pictures';

/** A camera's picture counts as still after this time without a new frame. The slowest cameras give several a second. */
const STILL_MS = 2_000;
const CHECK_MS = 500;

/** Feeds frames to `work` one at a time, dropping those in between, and reports when the video stands still. */
export class FrameLoop<Source extends FrameSource = HTMLVideoElement> {
  #source: Source | null = null;
  #cancel = (): void => {};
  #busy = false;
  #stopWatch = new AbortController();
  #lastFrame = 0;
  #still = false;

  /**
   * `work` takes the frame itself (`frameOf`), when it can use one; it never rejects. `onStill` is called when a video's
   * picture stands still (true), and when it moves again.
   */
  constructor(
    private readonly work: (source: Source) => Promise<void>,
    private readonly onStill: (still: boolean) => void = () => {},
  ) {}

  /** The frames of `source` from now on, in place of another's. */
  follow(source: Source): void {
    this.leave();
    this.#source = source;
    this.#lastFrame = performance.now();
    if (isVideo(source)) this.#watch(source);
    this.#wait(source);
  }

  leave(): void {
    this.#cancel();
    this.#stopWatch.abort();
    this.#source = null;
    this.#say(false);
  }

  #watch(video: HTMLVideoElement): void {
    const { signal } = (this.#stopWatch = new AbortController());
    cameraOf(video)?.addEventListener('mute', () => this.#say(true), { signal });
    // Browsers give pages in the background no frames, whatever the camera does: who was seen last may have left.
    const hidden = (): boolean => document.visibilityState === 'hidden';
    document.addEventListener('visibilitychange', () => hidden() && this.#say(true), { signal });
    const timer = setInterval(() => {
      if (hidden()) this.#lastFrame = performance.now();
      else if (performance.now() - this.#lastFrame > STILL_MS) this.#say(true);
    }, CHECK_MS);
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  #say(still: boolean): void {
    if (still === this.#still) return;
    this.#still = still;
    this.onStill(still);
  }

  #wait(source: Source): void {
    this.#cancel = onNextFrame(source, () => {
      if (source !== this.#source) return;
      this.#lastFrame = performance.now();
      // What a muted camera gives is no picture: black, or the last one over and over.
      this.#say(isVideo(source) && (cameraOf(source)?.muted ?? false));
      if (!this.#still && !this.#busy && hasFrame(source)) void this.#send(source);
      this.#wait(source);
    });
  }

  async #send(source: Source): Promise<void> {
    this.#busy = true;
    try {
      await this.work(source);
    } finally {
      this.#busy = false;
    }
  }
}

function isVideo(source: FrameSource): source is HTMLVideoElement {
  return 'videoWidth' in source;
}

function hasFrame(source: FrameSource): boolean {
  return !isVideo(source) || source.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
}

function cameraOf(video: HTMLVideoElement): MediaStreamTrack | undefined {
  return video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : undefined;
}

/** Calls back at the video's next frame, or the screen's where the browser cannot say. Returns what cancels it. */
function onNextFrame(source: FrameSource, callback: () => void): () => void {
  if ('requestVideoFrameCallback' in source) {
    const id = source.requestVideoFrameCallback(callback);
    return () => source.cancelVideoFrameCallback(id);
  }
  const id = requestAnimationFrame(callback);
  return () => cancelAnimationFrame(id);
}
