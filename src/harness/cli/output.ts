/** What `--json` prints: one object a command. Boxes are x0, y0, x1, y1 in the picture's pixels, upright. */
import type { FaceError, ErrorCode } from '../../core/errors';
import type { Box, Detection, Match, Precision } from '../../core/types';

export interface EntryError {
  readonly code: ErrorCode;
  readonly message: string;
}
/** A picture that failed; the others continue. */
export interface Failure {
  readonly picture: string;
  readonly error: EntryError;
}

export interface DetectedFace {
  readonly box: [number, number, number, number];
  readonly score: number;
  /** Left eye, right eye, nose, left and right mouth corner, as the picture shows them. */
  readonly points: [number, number][];
}
export interface DetectEntry {
  readonly picture: string;
  readonly width: number;
  readonly height: number;
  readonly faces: DetectedFace[];
  /** Shorter side of the smallest face looked for, pixels. */
  readonly leastFace: number;
}
export interface DetectOutput {
  readonly pictures: (DetectEntry | FailedEntry)[];
}
/** A picture with its faces, or one that could not be read. */
export type FacesEntry<Face> = { readonly picture: string; readonly faces: Face[] } | FailedEntry;

export interface RecognisedFace extends Omit<Match, 'person'> {
  readonly box: [number, number, number, number];
  readonly score: number;
  /** Null when unknown. */
  readonly name: string | null;
}
export interface GalleryOutput {
  readonly people: number;
  /** One of each picture; a face in the pictures is compared with all of them. */
  readonly faces: number;
  /** Pictures with more than one face, and which of them became the person's. */
  readonly severalFaces: readonly {
    readonly picture: string;
    readonly faces: number;
    readonly person: string;
    readonly taken: [number, number, number, number];
  }[];
  readonly failed: readonly Failure[];
}
export interface RecogniseOutput {
  readonly model: string;
  readonly threshold: number;
  readonly gallery: GalleryOutput;
  readonly pictures: FacesEntry<RecognisedFace>[];
}

/** A picture that could not be read, between those that could. */
export interface FailedEntry {
  readonly picture: string;
  readonly faces: [];
  readonly error: EntryError;
}

export interface CompareOutput {
  readonly pictures: string[];
  /** Plain Euclidean, row and column in the order of `pictures`. */
  readonly distances: number[][];
  /** Evened out over kinds of faces: what the threshold holds for. */
  readonly normalised: number[][];
  readonly threshold: number;
  readonly same: boolean[][];
  /** Pictures without a face or that could not be read; absent when there are none. */
  readonly failed?: readonly Failure[];
}

export interface AlignOutput {
  readonly written: number;
  readonly skipped: number;
  readonly withoutFace: string[];
  /** The list of boxes; null when there was nothing to do. */
  readonly boxes: string | null;
  readonly failed: readonly Failure[];
}

export interface EmbedOutput {
  readonly embeddings: string;
  readonly labels: string;
  readonly names: string;
  readonly model: string;
  /** Rows and columns. */
  readonly shape: [number, number];
  readonly failed: readonly Failure[];
}

export interface FilterMetricsOutput {
  readonly file: string;
  readonly model: string;
  readonly people: number;
  /** Whose distance is in the file. */
  readonly pictures: number;
  readonly noFace: string[];
  readonly failed: readonly Failure[];
}

export interface SpeedRow {
  readonly batch: number;
  /** Pictures a second, the median. */
  readonly embedding: number;
  /** Null where it cannot learn in such batches; `refused` says why. */
  readonly training: number | null;
  readonly refused: string | null;
}
export interface SpeedOutput {
  readonly backend: string;
  readonly adapter: string | null;
  /** WebGPU computed on the CPU: no GPU, whatever its name is. */
  readonly softwareAdapter: boolean;
  readonly threads: number;
  /** Share of the whole network's channels. */
  readonly width: number;
  readonly rows: readonly SpeedRow[];
}

/** What `pack` has made; also its `manifest.json`. */
export interface PackOutput {
  readonly version: string;
  /** Of all parts. */
  readonly bytes: number;
  /** Of a part at most. */
  readonly partBytes: number;
  readonly parts: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  readonly contents: {
    readonly packages: readonly string[];
    readonly chromium: boolean;
    readonly models: readonly string[];
    /** `left`: pairs left out, because a picture of theirs shows no face. */
    readonly lfw: { readonly pictures: number; readonly pairs: number; readonly left: number } | null;
    /** Crops to train on. */
    readonly training: number | null;
  };
}

export interface ClusterOutput {
  readonly model: string;
  readonly method: string;
  /** Pictures that could be read. */
  readonly pictures: number;
  readonly faces: number;
  readonly noFace: number;
  readonly noFacePictures: string[];
  /** The pictures of each person, the largest group first; a picture of several people is in several groups. */
  readonly groups: string[][];
  /** Pictures none of whose faces is in a group. */
  readonly ungrouped: string[];
  readonly failed: readonly Failure[];
}

export interface ClassifyTrainOutput {
  readonly file: string;
  readonly model: string;
  readonly kind: 'svm' | 'logistic';
  readonly people: number;
  readonly trainedOn: number;
  /** With `--test`: `right` counts the most probable person, `unknown` those who would not be named. */
  readonly test: {
    readonly pictures: number;
    readonly right: number;
    readonly accuracy: number;
    readonly unknown: number;
  } | null;
  /** Why `test` is null although it was asked for. */
  readonly note?: string;
}

export interface ClassifiedFace {
  readonly box: [number, number, number, number];
  readonly score: number;
  /** Null when unknown: none of that person's faces is within the threshold. */
  readonly name: string | null;
  /** The most probable person. */
  readonly nearest: string;
  readonly probability: number;
  readonly distance: number;
  /** Evened out over kinds of faces: what the threshold holds for. */
  readonly normalised: number;
}
export interface ClassifyOutput {
  readonly model: string;
  readonly kind: 'svm' | 'logistic';
  readonly threshold: number;
  readonly pictures: FacesEntry<ClassifiedFace>[];
}

export interface ModelEntry {
  readonly id: string;
  readonly title: string;
  readonly kind: 'embedder' | 'detector';
  readonly licence: string;
  readonly credit: string;
  /** Embedders only. */
  readonly embeddingSize?: number;
  readonly threshold?: number;
  readonly files: { readonly precision: Precision; readonly bytes: number; readonly present: boolean }[];
}
export interface ModelsOutput {
  readonly models: ModelEntry[];
}

export function entryError({ code, message }: FaceError): EntryError {
  return { code, message };
}

export function boxOf({ x0, y0, x1, y1 }: Box): [number, number, number, number] {
  return [x0, y0, x1, y1];
}

export function detectedFace({ box, score, points }: Detection): DetectedFace {
  return { box: boxOf(box), score, points: points.map(({ x, y }) => [x, y]) };
}

export function recognisedFace({ box, score }: Detection, match: Match): RecognisedFace {
  const { person, ...rest } = match;
  return { box: boxOf(box), score, name: person, ...rest };
}
