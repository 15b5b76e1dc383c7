/** Feeds a playing video's frames to `work`: never more than one in flight, those that come meanwhile are dropped. */
export class FrameLoop {
  #video: HTMLVideoElement | null = null;
  #cancel = (): void => {};
  #busy = false;

  /** `work` takes the frame itself (`frameOf`), when it can do something with it. It never rejects. */
  constructor(private readonly work: (video: HTMLVideoElement) => Promise<void>) {}

  /** From now on `video`'s frames, instead of another's. */
  follow(video: HTMLVideoElement): void {
    this.leave();
    this.#video = video;
    this.#wait(video);
  }

  leave(): void {
    this.#cancel();
    this.#video = null;
  }

  #wait(video: HTMLVideoElement): void {
    this.#cancel = onNextFrame(video, () => {
      if (video !== this.#video) return;
      if (!this.#busy && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) void this.#send(video);
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
