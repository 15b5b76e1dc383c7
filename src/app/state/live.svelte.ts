import { toFaceError, type FaceError } from '../../core/errors';
import type { RecognisedFace } from '../../client/types';
import type { Engine } from './engine.svelte';

/** Smallest face looked for in a live picture, as a share of its shorter side: 72 pixels of 720. */
const MIN_FACE = 0.1;
const PAUSE_AFTER_ERROR_MS = 1_000;

/** Recognises the frames of a playing video: never more than one in flight, so what is shown is never old. */
export class Live {
  faces = $state.raw<readonly RecognisedFace[]>([]);
  width = $state(0);
  height = $state(0);
  /** From a frame taken to its names known, milliseconds, smoothed. */
  latency = $state<number | null>(null);
  error = $state.raw<FaceError | null>(null);
  #video: HTMLVideoElement | null = null;
  #callback = 0;
  #busy = false;

  constructor(private readonly engine: Engine) {}

  follow(video: HTMLVideoElement): void {
    this.leave();
    this.#video = video;
    this.#wait(video);
  }

  leave(): void {
    this.#video?.cancelVideoFrameCallback(this.#callback);
    this.#video = null;
    this.faces = [];
    this.latency = null;
    this.error = null;
  }

  #wait(video: HTMLVideoElement): void {
    this.#callback = video.requestVideoFrameCallback(() => {
      if (video !== this.#video) return;
      if (!this.#busy) void this.#recognise(video);
      this.#wait(video);
    });
  }

  async #recognise(video: HTMLVideoElement): Promise<void> {
    this.#busy = true;
    try {
      await this.engine.ready();
      const started = performance.now();
      const picture = await frameOf(video);
      const request = { picture, options: { minSize: MIN_FACE } };
      const result = await this.engine.client.call('recognise', request);
      if (video !== this.#video) return;
      this.faces = result.faces;
      this.width = result.width;
      this.height = result.height;
      this.error = null;
      const took = performance.now() - started;
      this.latency = this.latency === null ? took : this.latency * 0.8 + took * 0.2;
    } catch (thrown) {
      if (video === this.#video) this.error = toFaceError(thrown);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_ERROR_MS));
    } finally {
      this.#busy = false;
    }
  }
}

async function frameOf(video: HTMLVideoElement): Promise<VideoFrame | ImageBitmap> {
  return typeof VideoFrame === 'function' ? new VideoFrame(video) : createImageBitmap(video);
}
