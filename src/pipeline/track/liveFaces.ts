import { throwIfAborted } from '../../core/abort';
import type { CaptureHint, Detection, Embedding, FaceCrop, FaceQuality, Frame, Match } from '../../core/types';
import { farAt } from '../../weights/calibration';
import type { EmbedderRow } from '../../weights/registry';
import { cropFace } from '../crop/crop';
import { cutSquare, encodeCut, type CutFace } from '../crop/stored';
import type { Detector } from '../detect/detect';
import type { DetectOptions } from '../detect/options';
import type { Embedder } from '../embed';
import { matchFace, type Gallery } from '../match';
import { facePose, type FacePose } from '../pose';
import { faceQuality } from '../quality';
import type { RecognisedFace } from '../recognise';
import type { Timings } from '../timings';
import { captureHint, viewScore } from './hint';
import { Tracker, type Track } from './tracker';
import { voteMatch } from './vote';

/** Longer side of the copy in which live faces are searched, pixels. */
export const LIVE_SIDE = 320;
/** Smallest live face, as a share of the frame's shorter side. */
export const LIVE_MIN_FACE = 0.1;
/** A face is embedded anew this often, milliseconds. */
const REFRESH_MS = 1000;
/** Least time between two embeddings of a face that turns or sharpens. */
const PAUSE_MS = 200;
/** A view so much better than the best is embedded at once. */
const BETTER = 1.25;
/** A face turned so much further from all its views is embedded at once (yaw: see pose.ts). */
const TURNED = 0.2;
/** Views that vote, the newest; views kept for enrolment, the best. */
const VOTERS = 8;
const KEPT_VIEWS = 3;
/** Faces that have gone are remembered, the newest: while their name is typed they may look away. */
const REMEMBERED = 12;

export interface LiveModels {
  readonly detector: Detector;
  readonly embedder: Embedder;
  readonly row: EmbedderRow;
}

export interface LiveFrameOptions {
  /** When the frame was taken, milliseconds on any clock that does not go back. */
  readonly time: number;
  readonly detect?: DetectOptions;
  /** Most faces embedded in one frame (default 1, so that frames keep coming); new ones first. */
  readonly embeds?: number;
  readonly gallery: Gallery;
  readonly threshold: number;
  readonly signal?: AbortSignal | undefined;
}

/** A face followed. Its name is voted by its views. */
export interface LiveFace extends Track {
  /** Null until the first view is embedded. */
  readonly match: Match | null;
  /** Of this frame; null while the face is not seen. */
  readonly quality: FaceQuality | null;
  readonly hint: CaptureHint | null;
}

interface View {
  readonly score: number;
  readonly yaw: number;
  readonly embedding: Embedding;
  readonly quality: FaceQuality;
  readonly detection: Detection;
  readonly cut: CutFace;
  gallery: Gallery;
  match: Match;
}

interface Memory {
  /** Newest last. */
  voters: View[];
  /** Best first. */
  best: View[];
  embeddedAt: number;
}

interface Seen {
  readonly id: number;
  readonly detection: Detection;
  readonly crop: FaceCrop;
  readonly quality: FaceQuality;
  readonly pose: FacePose;
  readonly memory: Memory;
}

/** The faces of one video, frame after frame. */
export class LiveFaces {
  readonly #tracker = new Tracker();
  readonly #memories = new Map<number, Memory>();

  /** Follows the faces into the next frame. Throws what the detector and the embedder throw. */
  async frame(frame: Frame, models: LiveModels, options: LiveFrameOptions, timings: Timings): Promise<LiveFace[]> {
    const { detector, row } = models;
    const { time, gallery, threshold, signal } = options;
    const detect = { minSize: LIVE_MIN_FACE, maxSide: LIVE_SIDE, ...options.detect };
    const found = await detector.detect(frame, detect, timings, signal);
    const tracks = await timings.run('track', () => this.#tracker.update(found, time));
    const seen = await timings.run('crop', () =>
      tracks.flatMap((track) => (track.detection ? [this.#see(track.id, track.detection, frame, row)] : [])),
    );
    throwIfAborted(signal);
    const wanted = seen
      .map((one) => ({ one, urgency: urgency(one, time) }))
      .filter((each) => each.urgency > 0)
      .sort((a, b) => b.urgency - a.urgency)
      .slice(0, options.embeds ?? 1);
    if (wanted.length > 0)
      await this.#embed(
        wanted.map(({ one }) => one),
        frame,
        models,
        options,
        timings,
      );
    this.#forget();
    return timings.run('match', () =>
      tracks.map((track) => {
        const one = seen.find(({ id }) => id === track.id);
        const voters = this.#memories.get(track.id)?.voters ?? [];
        for (const view of voters) this.#rematch(view, gallery, threshold, row);
        return {
          ...track,
          match:
            voters.length > 0
              ? voteMatch(
                  voters.map(({ match }) => match),
                  threshold,
                )
              : null,
          quality: one?.quality ?? null,
          hint: one ? captureHint(one.quality, one.pose) : null,
        };
      }),
    );
  }

  /** The best views of a face, best first, as the store keeps faces; empty where it is forgotten. */
  async best(id: number): Promise<RecognisedFace[]> {
    const views = this.#memories.get(id)?.best ?? [];
    return Promise.all(
      views.map(async ({ detection, embedding, match, quality, cut }) => ({
        detection,
        embedding,
        match,
        quality,
        crop: await encodeCut(cut),
      })),
    );
  }

  #see(id: number, detection: Detection, frame: Frame, row: EmbedderRow): Seen {
    const memory = this.#memories.get(id) ?? { voters: [], best: [], embeddedAt: -Infinity };
    this.#memories.delete(id);
    this.#memories.set(id, memory); // the newest is last
    const crop = cropFace(frame, detection, row.crop, row.inputSize);
    return { id, detection, crop, quality: faceQuality(detection.box, crop), pose: facePose(detection.points), memory };
  }

  async #embed(
    faces: readonly Seen[],
    frame: Frame,
    { embedder, row }: LiveModels,
    { time, gallery, threshold }: LiveFrameOptions,
    timings: Timings,
  ): Promise<void> {
    const embeddings = await timings.run('embed', () => embedder.embed(faces.map(({ crop }) => crop)));
    for (const [i, { memory, detection, quality, pose }] of faces.entries()) {
      const embedding = embeddings[i]!;
      const score = viewScore(quality, pose);
      const match = matchFace(embedding, gallery, threshold, (distance) => farAt(row, distance));
      const cut = cutSquare(frame, detection);
      const view = { score, yaw: pose.yaw, embedding, quality, detection, cut, gallery, match };
      memory.embeddedAt = time;
      memory.voters = [...memory.voters, view].slice(-VOTERS);
      memory.best = [...memory.best, view].sort((a, b) => b.score - a.score).slice(0, KEPT_VIEWS);
    }
  }

  /** After people, or how strictly they are told apart, changed. */
  #rematch(view: View, gallery: Gallery, threshold: number, row: EmbedderRow): void {
    const same = view.match.distance === null || (view.match.person !== null) === view.match.distance <= threshold;
    if (view.gallery === gallery && same) return;
    view.gallery = gallery;
    view.match = matchFace(view.embedding, gallery, threshold, (distance) => farAt(row, distance));
  }

  #forget(): void {
    for (const id of this.#memories.keys()) {
      if (this.#memories.size <= REMEMBERED) return;
      this.#memories.delete(id);
    }
  }
}

/** 0: not now. New faces come first, then those that turned or sharpened, then those whose second is over. */
function urgency({ memory, quality, pose }: Seen, time: number): number {
  const waited = time - memory.embeddedAt;
  if (memory.voters.length === 0) return Infinity;
  const overdue = waited / REFRESH_MS;
  if (waited >= PAUSE_MS) {
    const better = viewScore(quality, pose) > BETTER * (memory.best[0]?.score ?? 0);
    const turned = memory.voters.every(({ yaw }) => Math.abs(yaw - pose.yaw) > TURNED);
    if (better || turned) return 1 + overdue;
  }
  return overdue >= 1 ? overdue : 0;
}
