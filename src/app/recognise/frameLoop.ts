/** So long without a new frame a camera's picture counts as standing still. The slowest cameras give several a second. */
const STILL_MS = 2_000;
const CHECK_MS = 500;

/**
 * Feeds a playing video's frames to `work`: never more than one in flight, those that come meanwhile are dropped. It also
 * says when there are none: the system has muted the camera, it gives no picture any more, or the page is in the background.
 */
export class FrameLoop {
  #video: HTMLVideoElement | null = null;
  #cancel = (): void => {};
  #busy = false;
  #stopWatch = new AbortController();
  #lastFrame = 0;
  #still = false;

  /**
   * `work` takes the frame itself (`frameOf`), when it can do something with it; it never rejects. `onStill` hears when the
   * picture stands still (true), and when it goes on.
   */
  constructor(
    private readonly work: (video: HTMLVideoElement) => Promise<void>,
    private readonly onStill: (still: boolean) => void = () => {},
  ) {}

  /** From now on `video`'s frames, instead of another's. */
  follow(video: HTMLVideoElement): void {
    this.leave();
    this.#video = video;
    this.#lastFrame = performance.now();
    this.#watch(video);
    this.#wait(video);
  }

  leave(): void {
    this.#cancel();
    this.#stopWatch.abort();
    this.#video = null;
    this.#say(false);
  }

  #watch(video: HTMLVideoElement): void {
    const { signal } = (this.#stopWatch = new AbortController());
    cameraOf(video)?.addEventListener('mute', () => this.#say(true), { signal });
    // Browsers give pages in the background no frames, whatever the camera does: who was seen last may be gone on return.
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

  #wait(video: HTMLVideoElement): void {
    this.#cancel = onNextFrame(video, () => {
      if (video !== this.#video) return;
      this.#lastFrame = performance.now();
      // What a muted camera gives is no picture: black, or the last one over and over.
      this.#say(cameraOf(video)?.muted ?? false);
      if (!this.#still && !this.#busy && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) void this.#send(video);
      this.#wait(video);
    });
  }

  async #send(video: HTMLVideoElement): Promise<void> {
    this.#busy = true;
    try {
      await this.work(video);
    } finally {
      this.#busy = false;
    }
  }
}

function cameraOf(video: HTMLVideoElement): MediaStreamTrack | undefined {
  return video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : undefined;
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

/** The frame that `video` shows now; whoever takes it closes it, or hands it to the worker. */
export async function frameOf(video: HTMLVideoElement): Promise<VideoFrame | ImageBitmap> {
  return typeof VideoFrame === 'function' ? new VideoFrame(video) : createImageBitmap(video);
}
