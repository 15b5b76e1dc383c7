import type { RandomStream } from './random';

/**
 * The data of the two flows, each step's result the next one's input:
 *   Frame → Detection[] → FaceCrop[] → Embedding[] → Match[]            recognise
 *   Sample → Batch → Loss → TrainState → Checkpoint → Report            train
 */

/** Which pixels a coordinate counts: the whole picture's, or an aligned crop's. */
export type Space = 'image' | 'crop';
declare const space: unique symbol;

/** A point, x to the right and y down, the centre of the first pixel at 0.5; fractions allowed. */
export interface Point<S extends Space = 'image'> {
  readonly x: number;
  readonly y: number;
  readonly [space]?: S;
}

/** A rectangle, x0 ≤ x1 and y0 ≤ y1, edges (not pixel centres); may reach beyond the picture. */
export interface Box<S extends Space = 'image'> {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly [space]?: S;
}

/** Left eye, right eye, nose, left and right mouth corner: left and right as the picture shows them. */
export type FacePoints<S extends Space = 'image'> = readonly [Point<S>, Point<S>, Point<S>, Point<S>, Point<S>];

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** 8-bit pixels in rows, 4 bytes each (R, G, B, A): what a canvas gives. */
export interface RgbaImage extends Size {
  readonly data: Uint8ClampedArray;
}

/** A decoded picture with its EXIF orientation applied. Owns memory: `close()` it. */
export interface Frame extends Size {
  /**
   * The picture, or a part of it (whole pixels within it), reduced with averaging so that its longer side is at most
   * `maxSide` (never enlarged).
   */
  reduced(maxSide: number, part?: Box): RgbaImage;
  /** The pixels of `box`, rounded outwards and clipped to the picture, at full size; `x0`, `y0` say where they start. */
  region(box: Box): RgbaImage & { readonly x0: number; readonly y0: number };
  close(): void;
}

/** A face found: MTCNN's box, its probability and the five points. */
export interface Detection {
  readonly box: Box;
  readonly score: number;
  readonly points: FacePoints;
}

/** How a face is cut out for an embedder; each model's registry row names its own. */
export const CROP_KINDS = ['facenet', 'facenet-pytorch', 'arcface', 'similarity'] as const;
export type CropKind = (typeof CROP_KINDS)[number];

/** A face cut out and resized: `size`² pixels, R, G, B as numbers 0–255, not yet standardised. */
export interface FaceCrop {
  readonly size: number;
  readonly data: Float32Array;
}

/** A face's mean cosine to the nearest centres of a cohort: what the store keeps of it. */
export interface CohortMean {
  readonly cohort: string;
  /** −1…1 */
  readonly mean: number;
}

/** The numbers by which a model knows a face; comparable only to embeddings of the same model. */
export interface Embedding {
  readonly modelId: string;
  readonly vector: Float32Array;
  /** How close together its kind of faces lies; absent where it was not computed, or its model has no cohort. */
  readonly cohortMean?: CohortMean;
}

/** A known face to match against. `person` is what the caller names the person by (an id in the app, a name in the CLI). */
export interface GalleryFace {
  readonly person: string;
  readonly embedding: Embedding;
}

/** The answer for one face. Distances are plain Euclidean in the model's own form; normalised ones decide: see core/cohort.ts. */
export interface Match {
  /** The person, or null when unknown: nobody's normalised distance is within the threshold. */
  readonly person: string | null;
  /** The person of least normalised distance, known or not; null when the gallery is empty. */
  readonly nearest: string | null;
  /** Plain, to the face that decided. */
  readonly distance: number | null;
  readonly normalised: number | null;
  /** (1 − the model’s false-accept rate at `normalised`)^people of the gallery: see `certaintyAmong`; null when it is empty. */
  readonly certainty: number | null;
  /** The nearest other person. */
  readonly second: string | null;
  readonly secondDistance: number | null;
  readonly secondNormalised: number | null;
}

/** How good a face is for enrolment. */
export interface FaceQuality {
  /** Shorter side of the box, image pixels. */
  readonly size: number;
  /** Variance of the Laplacian over the grey levels (0–255) of the box brought to 64×64 pixels: under 150 is blurred. */
  readonly sharpness: number;
  /** Mean grey level of the box, 0–255. */
  readonly brightness: number;
}

/** What the person before a camera should do for a better picture of their face; left and right are their own. */
export type CaptureHint =
  | 'closer'
  | 'more-light'
  | 'less-light'
  | 'turn-left'
  | 'turn-right'
  | 'chin-up'
  | 'chin-down'
  | 'head-upright'
  | 'hold-still';

/** The face within a stored crop is given in the crop's own pixels. */
export interface CropDetection {
  readonly box: Box<'crop'>;
  readonly score: number;
  readonly points: FacePoints<'crop'>;
}

/**
 * A crop as the store keeps it, the square round the box, 1.8 times its longer side, at most 400 px: from it every
 * registered model's own crop can be cut. It ends where the picture ended, so a face at the border is not quite square.
 */
export interface StoredCrop {
  readonly picture: Blob;
  /** Crop pixels for one picture pixel, at most 1: some crops have margins in picture pixels. */
  readonly scale: number;
  readonly detection: CropDetection;
}

export const ENGINES = ['litert', 'tfjs'] as const;
export type EngineName = (typeof ENGINES)[number];
export const BACKENDS = ['wasm', 'webgpu'] as const;
export type BackendName = (typeof BACKENDS)[number];
/** From finest to coarsest. */
export const PRECISIONS = ['float32', 'float16', 'int8'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** Memory that an engine has in use, for leak tests. */
export interface EngineMemory {
  readonly tensors: number;
  /** WebAssembly memory never shrinks: this is its peak. */
  readonly wasmBytes: number;
  readonly gpuBuffers: number;
}

/** What recognition finds out about a face. `crop`: where it was asked for. */
export interface RecognisedFace {
  readonly detection: Detection;
  readonly embedding: Embedding;
  readonly match: Match;
  readonly quality: FaceQuality;
  /** What would make a better view of it for enrolment; null when it is good. */
  readonly hint: CaptureHint | null;
  readonly crop?: StoredCrop;
}

/** An aligned face to train on, decoded when it is needed, and the class number of its person. */
export interface Sample {
  readonly label: number;
  /** Not smaller than the network's input. */
  crop(): Promise<FaceCrop>;
}

/** Pictures, augmented and standardised, or a frozen part's values for them: [n, …]. */
export interface Inputs {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Rows of a batch: two of one person, and one of another. */
export interface Triplet {
  readonly anchor: number;
  readonly positive: number;
  readonly negative: number;
}

/** A run's position in its data; as JSON, part of every checkpoint. */
export interface DataPosition {
  readonly sampler: {
    /** Of the random stream; for `shuffled`, at the beginning of the current order. */
    readonly random: number;
    /** Used samples of the current order. */
    readonly position: number;
  };
  /** Of augmentation, and of the choice of triplets in a pass. */
  readonly random: number;
  /** Of a pass of triplets: the samples of those that are left, three for each. */
  readonly queue?: readonly number[];
}

export interface Batch extends Inputs {
  readonly labels: readonly number[];
  /** Chosen beforehand, by rows; absent where the step chooses them itself, if it needs any. */
  readonly triplets?: readonly Triplet[];
  /** The position once this batch is used. */
  readonly after: DataPosition;
}

/** What a step minimises. */
export interface Loss<Scalar> {
  /** The sum of the terms. */
  readonly total: Scalar;
  /** Each term times its factor. */
  readonly terms: Readonly<Record<string, Scalar>>;
  /** Share of the pictures given the right identity; null for triplets. */
  readonly accuracy: Scalar | null;
}

/** Everything that a step changes. The tensors are the state's own. */
export interface TrainState<Tensor> {
  readonly weights: Map<string, Tensor>;
  /** The optimiser's, by `<weight>/<slot>`. */
  readonly slots: Map<string, Tensor>;
  readonly averages: Map<string, Tensor>;
  readonly centres: Map<string, Tensor>;
  /** Steps done. */
  step: number;
  /** Of dropout and the choice of triplets. */
  readonly random: RandomStream;
}

/** A training run's state as it is stored: two values that belong together. */
export interface Checkpoint {
  /** JSON: step, configuration, random state, data position. */
  readonly meta: string;
  /** A safetensors file: weights, optimiser slots, averages, centres. */
  readonly tensors: Uint8Array<ArrayBuffer>;
}

/**
 * Where checkpoints go: the app's store, or the harness's disk. `save` replaces the latest one only when the new one is
 * whole; it throws `store/full` where there is no room, the one before being kept.
 */
export interface CheckpointSink {
  save(checkpoint: Checkpoint): Promise<void>;
  latest(): Promise<Checkpoint | null>;
}

/** A sink that can say where a run stands without reading its tensors, which may be hundreds of megabytes. */
export interface ResumableSink extends CheckpointSink {
  /** The latest checkpoint's description (`Checkpoint.meta`). */
  meta(): Promise<string | null>;
}

/** How well a model recognises people on pictures that were not trained on. Shares 0–1, null where nothing was measured. */
export interface Evaluation {
  /** Share of the held-out pictures of trained people that are given the right person. */
  readonly accuracy: number | null;
  /** Share of the held-out pairs of one trained person that are recognised at the false-accept rate. */
  readonly val: number | null;
  /** The same of the impostors' pairs: how well people who were not trained are still distinguished. */
  readonly impostorsVal: number | null;
  /** Share of the impostors' faces that are taken for a trained person. */
  readonly impostorsAccepted: number | null;
  /** How a picture was given a person: by its nearest picture of the training set, or by the trained head. */
  readonly namedBy: 'nearest' | 'head';
  /** The false-accept rate asked for. */
  readonly far: number;
  /** The distance below which the share `far` of the impostor pairs lies, within 1e-4; normalised where the faces have scales. */
  readonly threshold: number;
  /** The same of plain distances. */
  readonly plainThreshold: number;
  /** Whose pairs of two people gave the threshold: the impostors' where there are any, else the held-out people's. */
  readonly thresholdFrom: 'impostors' | 'heldOut';
  readonly impostorPairs: number;
}

/** What normalises the distances of a run's report, and of its model: see core/cohort.ts. */
export type Evened =
  /** From scratch, or the base has no cohort either. */
  | { readonly by: 'nothing' }
  /** Only a head was trained: embeddings and cohort are the base's. */
  | { readonly by: 'base' }
  /**
   * The cohort was mapped to the new embedding. `agreement`: mean cosine between where the map puts the `checked` faces, to
   * which it was not fitted, and where they are. Rates below `estimatedBelow` are not measured by the run's pairs.
   */
  | { readonly by: 'map'; readonly agreement: number; readonly checked: number; readonly estimatedBelow: number }
  /** The embedding has moved too far for such a map: plain distances decide. */
  | { readonly by: 'lost'; readonly agreement: number; readonly checked: number };

/** The result of a training run: the base and the new model, evaluated on the same pictures. */
export interface Report {
  readonly before: Evaluation;
  readonly after: Evaluation;
  readonly evened: Evened;
}
