/** The pipeline's requests and results. The same types travel between the threads: a handler passes a request through. */
import type { AbortContext } from '../core/call';
import type { Cohort } from '../core/cohort';
import type { Detection, RecognisedFace, Size } from '../core/types';
import type { Picture } from './decode';
import type { SearchOptions } from './detect/options';
import type { DetectOptions } from './detect/turned';
import type { Matching } from './match';
import type { LiveFace } from './track/liveFaces';

export interface DetectRequest {
  readonly picture: Picture;
  /** What the picture is called in messages. */
  readonly name?: string | undefined;
  readonly options?: DetectOptions | undefined;
}

export interface RecogniseOptions extends DetectOptions {
  /** `all` (default), or only the most probable face. */
  readonly faces?: 'all' | 'best' | undefined;
  /** Also return what the store keeps of each face: see `storedCrop`. */
  readonly keepCrops?: boolean | undefined;
  /** Take the mean with the flipped picture's embedding. */
  readonly flip?: boolean | undefined;
}

export interface RecogniseRequest extends DetectRequest {
  readonly options?: RecogniseOptions | undefined;
}

export interface AlignRequest extends DetectRequest {
  readonly faces: 'all' | 'best';
  /** Side of the result, pixels. */
  readonly size: number;
  /** Pixels of the picture added to the box, both sides together. */
  readonly margin: number;
  /** PNG keeps every pixel (default), JPEG takes a fifth of the room. */
  readonly form?: 'png' | 'jpg' | undefined;
}

/** A video's next frame. */
export interface TrackRequest {
  readonly picture: Picture;
  /** When the frame was taken, milliseconds on any clock; one that goes back starts over. */
  readonly time: number;
  /**
   * Default: with `searchAll` as pictures are searched; else faces from a tenth of the shorter side on, and frames of more
   * than 1280 px in a copy of 640.
   */
  readonly options?: SearchOptions | undefined;
  /** Most faces embedded in one frame (default 1, so that frames keep coming); new ones first. */
  readonly embeds?: number | undefined;
  /** Search the whole of each frame; default: at intervals, and otherwise only where faces are expected. */
  readonly searchAll?: boolean | undefined;
}

export type Abortable = Partial<AbortContext>;

export interface MatchContext extends Abortable {
  readonly matching: Matching;
}

export interface TrackContext extends MatchContext {
  /** Called with the faces before any of them is embedded, which takes longer than everything else. */
  readonly onFaces?: (faces: PictureFaces<LiveFace>) => void;
}

export interface EmbedContext extends Abortable {
  /** Of the model, where it has one: embeddings that may be stored carry the mean of its nearest centres. */
  readonly cohort?: Cohort | null;
  /** Called with the number of pictures done. */
  readonly onDone?: (done: number) => void;
}

export interface PictureFaces<Face> extends Size {
  /** Most probable first. */
  readonly faces: readonly Face[];
}

export interface DetectResult<Face = Detection> extends PictureFaces<Face> {
  /** Shorter side of the smallest face looked for, in the picture's pixels. */
  readonly leastFace: number;
}

interface Timed {
  /** Milliseconds of decode, resize, pnet, rnet, onet, crop, track, embed, match: those stages that ran. */
  readonly timings: Readonly<Record<string, number>>;
}

export interface RecogniseResult extends DetectResult<RecognisedFace>, Timed {}

export interface TrackResult extends DetectResult<LiveFace>, Timed {}

export interface AlignedFace {
  readonly detection: Detection;
  readonly file: Blob;
}
