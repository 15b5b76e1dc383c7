/**
 * What Node asks of the harness page, and what it answers: everything that can pass `page.evaluate`. Pictures go by
 * address, from the command line's own server; small results come back as they are, large files by PUT to an address.
 */
import type {
  DetectOptions,
  DetectResult,
  EmbedFacesOptions,
  EngineState,
  LoggedStep,
  ModelFileRef,
  PictureSet,
  Progress,
  RecogniseOptions,
  SavedDetails,
  StartOptions,
  TrainEngine,
  TrainPlan,
  TrainRequest,
  TrainResult,
  TrainStart,
} from '../client/types';
import type { Box, Detection, Match, Precision, Report } from '../core/types';
import type { ErrorCode, ErrorData, ErrorDetails } from '../core/errors';

export interface PictureRef {
  readonly url: string;
  /** What the user calls it; appears in error sentences. */
  readonly name: string;
}

export interface FoundFace {
  readonly detection: Detection;
  readonly vector: number[];
  /** What its distances are multiplied by: see core/cohort.ts. */
  readonly scale: number;
  readonly match: Match;
}

export interface DrawnFace {
  readonly box: Box;
  readonly label: string;
  /** Known people and unknown ones get different colours. */
  readonly known: boolean;
}

/** The ending and kind of crop files: PNG keeps every pixel, JPEG takes a fifth of the room. */
export type CropForm = 'png' | 'jpg';

export interface HarnessOps {
  /**
   * `workers` (1 where left out): how many to start, each with its own networks, for `embedFaces`; everything else is
   * the first one's. A GPU gets one.
   */
  start: { req: StartOptions & { readonly workers?: number }; res: EngineState };
  detect: { req: { picture: PictureRef; options: DetectOptions }; res: DetectResult };
  recognise: {
    req: { picture: PictureRef; options: RecogniseOptions };
    res: { width: number; height: number; faces: FoundFace[] };
  };
  /**
   * One face of each picture. `vectors`: float32 numbers, a row a picture, the mirror image's after its own if asked for;
   * zeros where there is none. `found`: whether a face was detected; `embedded`: whether the row is one; `problems`: why
   * the picture could not be read.
   */
  embedFaces: {
    req: { pictures: PictureRef[]; options: EmbedFacesOptions };
    res: { found: boolean[]; embedded: boolean[]; problems: (ErrorData | null)[]; vectors: Uint8Array };
  };
  /** The vector of a whole picture that is an aligned face already. */
  embedAligned: { req: { picture: PictureRef }; res: Pick<FoundFace, 'vector' | 'scale'> };
  /** The scales of float32 rows of numbers, as `embedFaces` and files hold them. */
  faceScales: { req: { vectors: Uint8Array; columns: number }; res: { scales: number[] } };
  /** `files[i]` shows `faces[i]`. */
  align: {
    req: {
      picture: PictureRef;
      size: number;
      margin: number;
      faces: 'all' | 'best';
      form: CropForm;
      options: DetectOptions;
    };
    res: { width: number; height: number; faces: Detection[]; files: Uint8Array[] };
  };
  /** Writes the model in another form to the address `out`. Resolves to the usual name of such a file. */
  exportModel: {
    req: { id: string; modelFile: ModelFileRef | null; form: Precision | 'facenet-pytorch'; out: string };
    res: { name: string; bytes: number };
  };
  setGallery: { req: { faces: { person: string; vector: number[] }[] }; res: { people: number } };
  trainStart: { req: TrainStart; res: TrainEngine };
  /** Aligned faces, whole pictures; those that cannot be read are left out, by their place in the list and with an error. */
  trainAdd: {
    req: { set: PictureSet; pictures: PictureRef[]; labels: number[] };
    res: { unreadable: { index: number; code: ErrorCode; details: ErrorDetails }[] };
  };
  /** Those that cannot be read, by their place in the list and with an error. */
  trainCheck: {
    req: { pictures: PictureRef[] };
    res: { unreadable: { index: number; code: ErrorCode; details: ErrorDetails }[] };
  };
  trainPrepare: {
    req: { base: HarnessBase; trainable: TrainRequest['trainable']; config: unknown; people: string[] };
    res: TrainPlan;
  };
  /** Trains from the checkpoint at an address, if there is one; checkpoints go to the address `out`, each whole. */
  trainRun: { req: { checkpoint: string | null; out: string; untilEpoch: number | null }; res: TrainResult };
  /** A running `trainRun` saves after the step in progress and resolves with `finished` false. */
  trainPause: { req: Record<string, never>; res: null };
  trainEvaluate: { req: { far: number }; res: Report };
  /** Embeddings by the network before or by what was learnt so far; float32 numbers, a row a picture. */
  trainEmbed: {
    req: { which: 'before' | 'after'; pictures: PictureRef[] };
    res: { columns: number; vectors: Uint8Array };
  };
  /** What a network must beat: grey pictures of 24 × 24 pixels, mean 0 and length 1, a row a picture. */
  rawPixels: { req: { pictures: PictureRef[] }; res: { columns: number; vectors: Uint8Array } };
  /** Writes what was learnt to the address `out`: a float32 file that describes itself. */
  trainSave: {
    req: {
      base: HarnessBase;
      title: string;
      createdAt: number;
      measured: SavedDetails['measured'];
      people: string[];
      out: string;
    };
    res: { id: string; bytes: number };
  };
  /**
   * Pictures a second of each step but the first, on noise: the network embedding, and learning whole; why it cannot learn
   * in such batches, if so. Batch 0 only says what it would run on.
   */
  speed: {
    req: { backend: NonNullable<TrainStart['backend']>; batch: number; steps: number; width: number };
    res: { engine: TrainEngine; embedding: number[]; training: number[]; refused: string | null };
  };
  /** Writes a copy with boxes and labels, as `type`, to the address `out`. */
  draw: { req: { picture: PictureRef; faces: DrawnFace[]; type: 'image/jpeg' | 'image/png'; out: string }; res: null };
}
export type HarnessOp = keyof HarnessOps;

/** Where a training run begins: a model of the registry, a trained model's file, or new weights. */
export type HarnessBase =
  | { readonly kind: 'model'; readonly id: string }
  | { readonly kind: 'file'; readonly file: ModelFileRef }
  | { readonly kind: 'scratch'; readonly width: number; readonly size: number };

/** Errors cross as data: an exception that crosses `page.evaluate` loses its code. */
export type Answer<T> = { readonly value: T } | ErrorData;

export interface HarnessPage {
  call<K extends HarnessOp>(op: K, req: HarnessOps[K]['req']): Promise<Answer<HarnessOps[K]['res']>>;
}

declare global {
  /** Set by the page. */
  var facenetHarness: HarnessPage;
  /** Set by Node before the page loads. */
  var facenetProgress: (progress: Progress) => Promise<void>;
  /** Set by Node before the page loads. */
  var facenetTrainStep: (step: LoggedStep) => Promise<void>;
}
