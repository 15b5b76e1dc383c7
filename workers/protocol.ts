/** Every message between the page and the face worker: for each operation its request, response and progress. */
import type { CrossValidation } from '../src/classify/crossValidate';
import type {
  BackendName,
  Box,
  CaptureHint,
  CohortMean,
  CropKind,
  Detection,
  Embedding,
  EngineName,
  FaceQuality,
  GalleryFace,
  Match,
  Precision,
  RecognisedFace,
  RgbaImage,
  StoredCrop,
} from '../src/core/types';
import type { CohortUse } from '../src/core/cohort';
import type { ErrorData } from '../src/core/errors';
import type { TrainedDetails } from '../src/weights/trained';

/** Of a model just trained: the base by its id. */
export type SavedDetails = Omit<TrainedDetails, 'base'> & { readonly base: string | null };
import type { WrongPair } from '../src/evaluate/errorsPage';
import type { BiasFace } from '../src/evaluate/bias/stackFaces';
import type { BiasReport } from '../src/evaluate/bias/measureBias';
import type { EvaluateOptions } from '../src/evaluate/kfold';
import type { LfwReport } from '../src/evaluate/lfwReport';

export type { CrossValidation };

/** What the worker can take a picture from. ImageBitmap and VideoFrame are transferred and closed by the worker. */
export type Picture = Blob | ImageBitmap | VideoFrame | RgbaImage;

/** What the caller wants; anything left out is chosen by the worker. */
export interface StartOptions {
  /** Embedder's registry id; the default is FaceNet where its file is here, else the embedded MobileFaceNet. */
  readonly model?: string;
  /** Instead of a known model: a file that was trained with this program and describes itself. */
  readonly modelFile?: ModelFileRef;
  readonly backend?: BackendName | 'auto';
  readonly engine?: EngineName;
  readonly precision?: Precision;
  readonly threads?: number;
  /** False-accept rate a comparison that the threshold is set by; the model's own default otherwise. */
  readonly far?: number;
  /** Keep what is loaded (model files, the engine) in browser storage, so that the next start needs no network. */
  readonly keepForOffline?: boolean;
  /** Where model files lie; default the page's `models/`. */
  readonly modelsUrl?: string;
}

/** What really runs. */
export interface EngineState {
  readonly model: string;
  readonly engine: EngineName;
  readonly backend: BackendName;
  readonly precision: Precision;
  readonly adapter: string | null;
  readonly softwareAdapter: boolean;
  readonly threads: number;
  /** Normalised distance (see core/cohort.ts) up to which two faces are one person. */
  readonly threshold: number;
  /** The plain distance of the same rate: what would decide without a cohort. */
  readonly plainThreshold: number;
  /** Normalised distance up to which two pictures in a set of people who are all different show one person. */
  readonly twiceDistance: number;
  /** How an embedding's scale follows from the mean it carries; null where plain distances decide. */
  readonly cohort: CohortUse | null;
  readonly far: number;
  readonly crop: CropKind;
  /** Length of the embeddings. */
  readonly embeddingSize: number;
  /** Sentences for the user about choices that were not as asked: a backend that failed its self-test, say. */
  readonly notes: readonly string[];
}

export interface Progress {
  /** What is being done, as a sentence's start: “Loading FaceNet”. */
  readonly stage: string;
  readonly done: number;
  /** 0 when unknown. */
  readonly total: number;
  readonly unit: 'bytes' | 'steps' | 'pictures';
}

/**
 * `minSize`: pixels, or a share (0–1) of the picture's shorter side when under 1. Large pictures are searched in tiles where
 * it needs them; by default, faces of 20 px in a copy of at most 1600×1200 are looked for, in long pictures in tiles of it.
 */
export interface DetectOptions {
  readonly minSize?: number;
  readonly thresholds?: readonly [number, number, number];
  readonly factor?: number;
  /** Longer side of the reduced copy that is searched, pixels; default and most 1600. */
  readonly maxSide?: number;
  /** Also search the picture turned by 90, 180 and 270 degrees; a face found so is cut out upright. Four times the work. */
  readonly turned?: boolean;
}

export interface DetectResult {
  readonly width: number;
  readonly height: number;
  /** Most probable first. */
  readonly faces: readonly Detection[];
  /** Shorter side of the smallest face looked for, in the picture's pixels. */
  readonly leastFace: number;
}

export interface RecogniseOptions extends DetectOptions {
  /** `all` (default), or only the most probable face. */
  readonly faces?: 'all' | 'best';
  /** Also return, for each face, what the store keeps: the square round the box, 1.8 times its longer side, at most 400 px. */
  readonly keepCrops?: boolean;
}

export interface RecogniseResult {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly RecognisedFace[];
  /** Shorter side of the smallest face looked for, in the picture's pixels. */
  readonly leastFace: number;
  /** Milliseconds of each stage. */
  readonly timings: Readonly<Record<string, number>>;
}

export interface TrackRequest {
  /** Names the video; each has its own faces and ids. */
  readonly session: string;
  readonly picture: Picture;
  /** When the frame was taken, milliseconds on any clock; one that goes back starts anew. */
  readonly time: number;
  /**
   * Default: with `searchAll` as pictures are searched; else faces from a tenth of the shorter side on, in frames of more than
   * 1280 px in a copy of 640.
   */
  readonly options?: DetectOptions;
  /** Most faces embedded in this frame; default 1. */
  readonly embeds?: number;
  /** Search the whole of each frame; default: every now and then, and else only where faces should be. */
  readonly searchAll?: boolean;
}

/** A face followed through a video. */
export interface TrackedFace {
  readonly id: number;
  /** Where it is, or should be while it is not seen. */
  readonly box: Box;
  /** As found in this frame; null while not seen. */
  readonly detection: Detection | null;
  /** Milliseconds since it was first seen. */
  readonly age: number;
  /** Frames in a row without it. */
  readonly misses: number;
  /** Seen often enough in a row to be no chance find. */
  readonly confirmed: boolean;
  /** Voted over its views; null until the first is embedded. */
  readonly match: Match | null;
  readonly quality: FaceQuality | null;
  /** What would make a better view for enrolment; null when it is good. */
  readonly hint: CaptureHint | null;
  /** Views kept for enrolment that need no hint. */
  readonly goodViews: number;
}

export interface TrackedFaces {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly TrackedFace[];
}

export interface TrackResult extends TrackedFaces {
  /** Shorter side of the smallest face looked for, in the frame's pixels. */
  readonly leastFace: number;
  /** Milliseconds of each stage. */
  readonly timings: Readonly<Record<string, number>>;
}

export interface EmbedFacesOptions extends DetectOptions {
  /** Instead of the model's own; of several, the embedding is the mean of each one's. */
  readonly crops?: readonly CropKind[];
  /** Of the `facenet` crop, instead of its own: pixels of the picture, both sides together; one crop each. */
  readonly margins?: readonly number[];
  /** Also embed each face's mirror image. */
  readonly mirror?: boolean;
  /** A picture in which no face is found: nothing, or the face supposed in its middle. */
  readonly noFace: 'skip' | 'centre-crop';
}

export interface EmbeddedFace {
  /** Why the picture could not be read: the others go on. Null where it could. */
  readonly problem: ErrorData | null;
  /** Null where none was found. */
  readonly detection: Detection | null;
  /** Null where none was found and that is skipped. */
  readonly vector: Float32Array | null;
  /** The mirror image's, if asked for. */
  readonly mirrored: Float32Array | null;
}

export interface AlignedFace {
  readonly detection: Detection;
  readonly png: Blob;
}

/** A model's place on this device. */
export interface ModelPlace {
  readonly id: string;
  readonly title: string;
  readonly kind: 'embedder' | 'detector';
  readonly licence: string;
  readonly embeddingSize: number | null;
  readonly threshold: number | null;
  /** Of an embedder: a cohort evens its distances out over kinds of people. */
  readonly isEvenedOut: boolean | null;
  /** Of an embedder whose cohort was moved with what it learnt: rarer false-accept rates are estimated; else null. */
  readonly estimatedBelow: number | null;
  /** Precisions whose files are here, beside the page or in browser storage. */
  readonly present: readonly Precision[];
  /** Bytes the download from upstream would take. */
  readonly downloadBytes: number;
  readonly inBrowserStorage: boolean;
  /** Of a model that was trained with this program. */
  readonly trained: {
    readonly createdAt: number;
    readonly base: string | null;
    readonly width: number;
    readonly inputSize: number;
    /** Whom its head names, by row. */
    readonly people: readonly string[];
    /** It brings an embedding by which each start tests it. */
    readonly hasSelfTest: boolean;
  } | null;
}

/** A trained model's file, by its address. */
export interface ModelFileRef {
  readonly url: string;
  /** What the user calls it; appears in error sentences. */
  readonly name: string;
}

/** A folder's files by their paths below it, or an archive: `.tar`, `.tar.gz`, `.zip`. `name` is for messages. */
export type BenchmarkPictures =
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly files: readonly { readonly path: string; readonly file: Blob }[];
    }
  | { readonly kind: 'archive'; readonly name: string; readonly file: Blob };

export interface BenchmarkOptions extends EvaluateOptions {
  /** Embed each face's mirror image too and join it. */
  readonly mirror: boolean;
  /** A picture in which no face is found: left out, or the face supposed in its middle. */
  readonly noFace: 'skip' | 'centre-crop';
}

export interface BenchmarkRequest {
  readonly pictures: BenchmarkPictures;
  /** LFW's `pairs.txt`, or a CSV `a,b,same[,fold]`. */
  readonly pairs: { readonly name: string; readonly file: Blob };
  readonly options: BenchmarkOptions;
}

export interface BenchmarkResult {
  readonly report: LfwReport;
  /** The ROC curve, an SVG. */
  readonly roc: string;
  /** The clearest of the wrongly judged pairs with their pictures, at most 200 of `wrongTotal`. */
  readonly wrong: readonly (WrongPair & { readonly pictures: readonly [Blob, Blob] })[];
  readonly wrongTotal: number;
  /** A zip of what the command `lfw` writes. */
  readonly files: Blob;
}

export interface MemoryState {
  readonly tensors: number;
  readonly wasmBytes: number;
  readonly gpuBuffers: number;
}

export interface Ops {
  /** Chooses and warms up everything; may be called again to change model, backend or precision. */
  start: { req: StartOptions; res: EngineState; progress: Progress };
  detect: { req: { picture: Picture; name?: string; options?: DetectOptions }; res: DetectResult; progress: never };
  recognise: {
    req: { picture: Picture; name?: string; options?: RecogniseOptions };
    res: RecogniseResult;
    progress: never;
  };
  /**
   * A video's next frame: its faces followed from the frames before. A session begins with its first frame. Where a face
   * is to be embedded, which takes longer than all else, progress tells the faces before that.
   */
  track: { req: TrackRequest; res: TrackResult; progress: TrackedFaces };
  /** The best views of a followed face, for enrolment, those that need no hint first; it may have left the picture a while ago. */
  trackedFace: { req: { session: string; id: number }; res: RecognisedFace[]; progress: never };
  /** Forgets a video and its faces. */
  endTrack: { req: { session: string }; res: { ended: boolean }; progress: never };
  /** One face of each picture, the one that LFW's rule takes (large and central), many pictures sharing batches. */
  embedFaces: {
    req: { pictures: { picture: Blob; name: string }[]; options: EmbedFacesOptions };
    res: EmbeddedFace[];
    progress: never;
  };
  /** Whole face pictures that are aligned already, used as they are. */
  embedAligned: { req: { pictures: Picture[] }; res: Embedding[]; progress: never };
  /** Embeddings by the present model from stored crops. */
  embedStored: { req: { crops: StoredCrop[] }; res: Embedding[]; progress: Progress };
  align: {
    req: {
      picture: Picture;
      name?: string;
      size: number;
      margin: number;
      faces: 'all' | 'best';
      options?: DetectOptions;
    };
    res: { width: number; height: number; faces: AlignedFace[] };
    progress: never;
  };
  /** Replaces the people that `recognise` matches against. */
  setGallery: { req: { faces: GalleryFace[] }; res: { people: number; faces: number }; progress: never };
  /** Embeddings of the present model against the gallery as it is now: faces seen before, after the people changed. */
  match: { req: { embeddings: Embedding[] }; res: Match[]; progress: never };
  /** Of embeddings of the present model that were stored without; null where it has no cohort. Throws `weights/no-cohort`. */
  cohortMeans: { req: { vectors: Float32Array[] }; res: CohortMean[] | null; progress: never };
  /**
   * Which faces look like one person: a label a face, numbered in order of appearance. `photos` and `people`, an entry a
   * face: two faces of one picture are never one person, faces of one known person (−1: not known) always. Where only the
   * faces `from` a place on are new, `groups` holds the label of each before (−1: none), and only the new are compared.
   * In a thread of its own: other calls are answered meanwhile.
   */
  groupFaces: {
    req: {
      embeddings: Pick<Embedding, 'vector' | 'cohortMean'>[];
      photos: Int32Array;
      people: Int32Array;
      groups?: Int32Array;
      from?: number;
    };
    res: Int32Array;
    progress: Progress;
  };
  /** How many of the gallery's faces each way names rightly when it has not seen them. Throws `classify/too-few`. */
  compareNaming: { req: Record<string, never>; res: CrossValidation; progress: Progress };
  /**
   * How the people within the threshold are told apart: by the nearest face, or by logistic regression on the gallery,
   * trained anew whenever that changes. Who is a stranger the distance alone says.
   */
  setNaming: { req: { method: 'nearest' | 'logistic' }; res: null; progress: never };
  /** A float32 matrix as the bytes of a NumPy file. */
  encodeNpy: { req: { rows: Float32Array[] }; res: Uint8Array; progress: never };
  setFar: { req: { far: number | null }; res: EngineState; progress: never };
  models: { req: { modelsUrl?: string }; res: ModelPlace[]; progress: never };
  /** Gets FaceNet from its publisher, verifies, converts and keeps it; goes on where a stopped download ended. */
  downloadModel: { req: { id: string; baseUrl?: string }; res: ModelPlace; progress: Progress };
  /** Takes a `<id>.<precision>.safetensors` that the user has, verified by its SHA-256. */
  importModel: { req: { file: Blob; name: string }; res: ModelPlace; progress: Progress };
  /** Of a trained model `present` is then empty. */
  removeModel: { req: { id: string }; res: ModelPlace; progress: never };
  /**
   * Keeps what the train worker gave (`weights`) as a model of this device: folded, in float32, float16 and 8 bits (without
   * float32 where there is no room for it). The same weights again give the same model. Throws readSafetensors' errors,
   * `weights/missing-tensor`, `weights/shape-mismatch`, `store/full`.
   */
  saveTrained: {
    /** `report`: JSON, kept with it. */
    req: { bytes: Uint8Array<ArrayBuffer>; details: SavedDetails; report: string | null };
    res: ModelPlace;
    progress: Progress;
  };
  /** Gives a trained model another title. Throws `store/not-found`, `store/bad-name`. */
  renameModel: { req: { id: string; title: string }; res: ModelPlace; progress: never };
  /**
   * A model as a file for the user: ours in a precision, describing itself where it was trained; or as facenet-pytorch's
   * state dict. Of `modelFile` where it is given. Throws `weights/precision-missing`, `weights/shape-mismatch`,
   * `weights/unknown-model`.
   */
  exportModel: {
    req: { id?: string; modelFile?: ModelFileRef; form: Precision | 'facenet-pytorch'; modelsUrl?: string };
    res: { bytes: Uint8Array<ArrayBuffer>; name: string };
    progress: Progress;
  };
  /** Accuracy on a list of pairs. Occupies the worker: the app starts one of its own for it. */
  benchmark: { req: BenchmarkRequest; res: BenchmarkResult; progress: Progress };
  /**
   * How evenly false accepts fall on groups of people who are all different, at the distances in use. `gallery`: people
   * enrolled when strangers of their group are shown. Throws `evaluate/too-few`. Occupies the worker as `benchmark` does.
   */
  measureBias: { req: { faces: BiasFace[]; gallery: number }; res: BiasReport; progress: Progress };
  memory: { req: Record<string, never>; res: MemoryState; progress: never };
}

export type OpName = keyof Ops;
