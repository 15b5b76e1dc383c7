/** Seeks a video frame by frame, also in truncated or damaged files. */
import { FaceError } from '../../core/errors';
import { clock } from './appearances';

/** Seconds between searched frames: faces rarely come and go within half a second. */
export const STEP_S = 0.25;

/** Seconds without a new frame after which a truncated film is checked for its end. */
const STANDS_S = 1;

/** Finds the last frame of a truncated film: the browser repeats it for the missing rest. */
export class StandingFrame {
  /** Start of the last shown frame. */
  #shown: number | undefined;
  #isLast: boolean | null = null;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * If the frame at `time` is the film's last, the end of the frames in seconds, rounded up to whole steps; otherwise
   * null, and the frame at `time` is shown. Throws what `seek` throws.
   */
  async end(time: number): Promise<number | null> {
    const shown = shownFrame(this.video);
    if (shown?.time !== this.#shown) this.#isLast = null;
    this.#shown = shown?.time;
    if (!shown || time - shown.time < Math.max(STANDS_S, shown.length)) return null;
    if (this.#isLast === null) {
      await seek(this.video, Math.max(time, this.video.duration - 0.01), this.signal);
      this.#isLast = shownFrame(this.video)?.time === shown.time;
      if (this.#isLast) return this.#endOf(shown);
      await seek(this.video, time, this.signal);
    }
    return null;
  }

  /** Where the browser does not give the last frame's duration: that of the previous one, at most a step. */
  async #endOf({ time, length }: ShownFrame): Promise<number> {
    if (length === 0) {
      await seek(this.video, Math.max(0, time - 0.001), this.signal);
      const before = shownFrame(this.video)?.time ?? time;
      length = before < time ? Math.min(time - before, STEP_S) : STEP_S;
    }
    return Math.ceil((time + length) / STEP_S - 1e-3) * STEP_S;
  }
}

/** Places named in a message. */
const NAMED = 4;

/** The unreadable places of a film. */
export class Damage {
  /** From the first unreadable time to the next readable one, seconds. */
  readonly #gaps: { readonly from: number; to: number | null }[] = [];
  #leap = 0;

  /**
   * Where to continue after an unreadable frame at `time`: in growing leaps of whole steps, because each try loads the
   * film again; `duration` or more when nothing is left to try.
   */
  next(time: number, duration: number, step: number): number {
    const open = this.#gaps.at(-1);
    if (open?.to !== null) {
      this.#gaps.push({ from: time, to: null });
      this.#leap = step;
    }
    this.#leap *= 2;
    const next = time + this.#leap;
    // The end itself is tried once before giving up.
    const last = Math.floor((duration - step) / step) * step;
    return next >= duration && time < last ? last : next;
  }

  /** The frame at `time` could be read. */
  passed(time: number): void {
    const open = this.#gaps.at(-1);
    if (open?.to === null) open.to = time;
  }

  /** The film has no frames from here on. */
  endsAt(time: number): void {
    this.#gaps.push({ from: time, to: null });
  }

  /** `video/cut-off`, `video/damaged`, or null where the whole film could be read. */
  error(): FaceError | null {
    const [first] = this.#gaps;
    if (!first) return null;
    if (first.to === null) return new FaceError('video/cut-off', { time: clock(first.from) });
    const places = this.#gaps.map(({ from, to }) => `${clock(from)}–${to === null ? 'its end' : clock(to)}`);
    const more = places.length > NAMED ? ` and ${places.length - NAMED} more` : '';
    return new FaceError('video/damaged', { places: places.slice(0, NAMED).join(', ') + more });
  }
}

interface ShownFrame {
  /** When it began, seconds. */
  readonly time: number;
  /** Seconds; 0 where the browser does not say. */
  readonly length: number;
}

/** The frame that `video` shows now; null without one, or if the browser does not say. */
function shownFrame(video: HTMLVideoElement): ShownFrame | null {
  if (typeof VideoFrame !== 'function') return null;
  try {
    const frame = new VideoFrame(video);
    const { timestamp, duration } = frame;
    frame.close();
    return { time: timestamp / 1e6, length: (duration ?? 0) / 1e6 };
  } catch {
    return null;
  }
}

/** Seconds beyond any video: a recording has no duration until its end was sought. */
const FAR_S = 1e7;

/** Makes the video's duration known and returns to its start. Throws `video/unreadable`. */
export async function knowDuration(video: HTMLVideoElement): Promise<void> {
  const { signal } = new AbortController();
  if (Number.isFinite(video.duration)) return;
  await seek(video, FAR_S, signal);
  await seek(video, 0, signal);
  if (!Number.isFinite(video.duration)) throw new FaceError('video/unreadable');
}

/** Milliseconds after a seek within which its frame is shown, even on a busy machine; later none comes. */
const SHOWN_MS = 1000;

/**
 * Resolves when the frame at `time` (seconds) can be drawn; if the film has none, the previous one stays. Chromium ends
 * a seek before its frame is there. Throws `video/unreadable`, `aborted`.
 */
export async function seek(video: HTMLVideoElement, time: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new FaceError('aborted');
  const before = shownFrame(video);
  const there = video.currentTime === time && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  if (before && there && !video.seeking) return;
  const hasCallback = typeof video.requestVideoFrameCallback === 'function';
  const over = new AbortController();
  let shown = 0;
  let limit: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const { signal: until } = over;
      let isShown = !hasCallback;
      let isSought = false;
      if (hasCallback) {
        shown = video.requestVideoFrameCallback(() => {
          isShown = true;
          if (isSought) resolve();
        });
      }
      const sought = (): void => {
        isSought = true;
        // A hidden page gets no frame callbacks.
        const isNew = document.hidden && shownFrame(video)?.time !== before?.time;
        if (isShown || isNew) resolve();
        else limit = setTimeout(resolve, SHOWN_MS);
      };
      video.addEventListener('seeked', sought, { signal: until });
      video.addEventListener('error', () => reject(new FaceError('video/unreadable')), { signal: until });
      signal.addEventListener('abort', () => reject(new FaceError('aborted')), { signal: until });
      video.currentTime = time;
    });
  } finally {
    over.abort();
    clearTimeout(limit);
    if (hasCallback) video.cancelVideoFrameCallback(shown);
  }
}
