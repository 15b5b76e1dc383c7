import { throwIfAborted } from '../../core/abort';
import { withMean } from '../../core/cohort';
import type { CaptureHint, Detection, FaceQuality, Frame, Match, RecognisedFace, Size } from '../../core/types';
import type { EmbedderRow } from '../../weights/modelRow';
import { cropFace } from '../crop/crop';
import { cutSquare, encodeCut } from '../crop/stored';
import type { Detector } from '../detect/detect';
import type { SearchOptions } from '../detect/options';
import type { Embedder } from '../embed';
import { captureHint } from '../hint';
import type { Matching } from '../match';
import { facePose } from '../pose';
import { faceQuality } from '../quality';
import type { TrackRequest } from '../requests';
import type { Timings } from '../timings';
import { Tracker, type Track } from './tracker';
import { Views, type Look } from './views';

/** Smallest face of the camera's picture, as a share of the frame's shorter side. */
const MIN_FACE = 0.1;
/** Frames of a longer side than this (pixels) are searched in a copy of `SMALL_SIDE`; reducing costs more than it saves before. */
const WHOLE_SIDE = 1280;
const SMALL_SIDE = 640;
/**
 * The whole frame is searched this often, milliseconds, and at most every `FOLLOWED_FRAMES` frames on slow machines;
 * otherwise only where faces are expected.
 */
const SEARCH_MS = 200;
const FOLLOWED_FRAMES = 4;
/** Faces remembered after they left, the newest: people may look away while their name is typed. */
const REMEMBERED = 12;

export interface LiveModels {
  readonly detector: Detector;
  readonly embedder: Embedder;
  readonly row: EmbedderRow;
}

type FrameRequest = Omit<TrackRequest, 'picture'>;

export interface FrameContext {
  readonly timings: Timings;
  readonly matching: Matching;
  readonly signal: AbortSignal | undefined;
  /** Called with the faces before any of them is embedded. */
  readonly onFaces: (faces: LiveFace[]) => void;
}

/** A face followed. Its name is voted by its views. */
export interface LiveFace extends Track {
  /** Null until the first view is embedded. */
  readonly match: Match | null;
  /** Of this frame; null while the face is not seen. */
  readonly quality: FaceQuality | null;
  readonly hint: CaptureHint | null;
  /** Views kept for enrolment that need no hint. */
  readonly goodViews: number;
}

interface Seen extends Look {
  readonly views: Views;
}

/**
 * How a frame is searched. Live: large faces only, and large frames in a small copy; a video file like pictures.
 */
export function searchSettings(
  { width, height }: Size,
  { options, searchAll = false }: Pick<FrameRequest, 'options' | 'searchAll'>,
): SearchOptions {
  if (searchAll) return options ?? {};
  const side = Math.max(width, height) > WHOLE_SIDE ? { maxSide: SMALL_SIDE } : {};
  return { minSize: MIN_FACE, ...side, ...options };
}

/** The faces of one video, frame after frame. */
export class LiveFaces {
  readonly #tracker = new Tracker();
  /** By track; the one seen last is last. */
  readonly #views = new Map<number, Views>();
  #searchedAt = -Infinity;
  #followed = 0;

  /** Follows the faces into the next frame. Throws what the detector and the embedder throw. */
  async frame(frame: Frame, models: LiveModels, request: FrameRequest, context: FrameContext): Promise<LiveFace[]> {
    const { time, embeds = 1 } = request;
    const { timings, matching, signal } = context;
    const found = await this.#find(frame, models.detector, request, context);
    const tracks = await timings.run('track', () => this.#tracker.update(found, time));
    const seen = await timings.run('crop', () => this.#look(frame, tracks));
    throwIfAborted(signal);
    const wanted = [...seen.values()]
      .map((one) => ({ one, urgency: one.views.urgency(one, time) }))
      .filter(({ urgency }) => urgency > 0)
      .sort((a, b) => b.urgency - a.urgency)
      .slice(0, embeds)
      .map(({ one }) => one);
    if (wanted.length > 0) {
      context.onFaces(this.#faces(tracks, seen, matching));
      await this.#embed(wanted, frame, models, time, context);
    }
    this.#forget();
    return timings.run('match', () => this.#faces(tracks, seen, matching));
  }

  /** The best views of a face, those that need no hint first, as the store keeps faces; empty where it is forgotten. */
  async best(id: number, matching: Matching): Promise<RecognisedFace[]> {
    const views = this.#views.get(id);
    return Promise.all(
      (views?.best ?? []).map(async (view) => {
        const { detection, embedding, quality, hint, cut } = view;
        return {
          detection,
          embedding,
          match: views!.match(view, matching),
          quality,
          hint,
          crop: await encodeCut(cut),
        };
      }),
    );
  }

  /** Searches where faces are expected; in the whole frame when one is missing, and at intervals. */
  async #find(
    frame: Frame,
    detector: Detector,
    request: FrameRequest,
    { timings, signal }: FrameContext,
  ): Promise<Detection[]> {
    const { time, searchAll = false } = request;
    const settings = searchSettings(frame, request);
    const expected = this.#tracker.expected(time);
    const since = time - this.#searchedAt;
    const soon = since >= 0 && (since < SEARCH_MS || this.#followed < FOLLOWED_FRAMES);
    if (expected.length > 0 && soon && !searchAll) {
      this.#followed++;
      const places = expected.map(({ box }) => box);
      const found = await detector.detectAt(frame, places, settings, timings, signal);
      if (found.length >= expected.filter(({ misses }) => misses === 0).length) return found;
    }
    this.#searchedAt = time;
    this.#followed = 0;
    return detector.detect(frame, settings, timings, signal);
  }

  #look(frame: Frame, tracks: readonly Track[]): Map<number, Seen> {
    const seen = new Map<number, Seen>();
    for (const { id, detection } of tracks) {
      if (!detection) continue;
      const views = this.#views.get(id) ?? new Views();
      this.#views.delete(id);
      this.#views.set(id, views);
      const quality = faceQuality(frame, detection);
      const pose = facePose(detection.points);
      seen.set(id, { detection, quality, pose, hint: captureHint(quality, pose), views });
    }
    return seen;
  }

  #faces(tracks: readonly Track[], seen: ReadonlyMap<number, Seen>, matching: Matching): LiveFace[] {
    return tracks.map((track) => {
      const { quality = null, hint = null } = seen.get(track.id) ?? {};
      const views = this.#views.get(track.id);
      return { ...track, match: views?.vote(matching) ?? null, quality, hint, goodViews: views?.good ?? 0 };
    });
  }

  async #embed(
    faces: readonly Seen[],
    frame: Frame,
    { embedder, row }: LiveModels,
    time: number,
    { timings, matching }: FrameContext,
  ): Promise<void> {
    const crops = await timings.run('crop', () =>
      faces.map(({ detection }) => cropFace(frame, detection, row.crop, row.inputSize)),
    );
    const embeddings = await timings.run('embed', () => embedder.embed(crops));
    for (const [i, { views, ...look }] of faces.entries()) {
      const embedding = withMean(matching.cohort, embeddings[i]!);
      views.add({ ...look, embedding }, time, () => cutSquare(frame, look.detection));
    }
  }

  #forget(): void {
    for (const id of this.#views.keys()) {
      if (this.#views.size <= REMEMBERED) return;
      this.#views.delete(id);
    }
  }
}
