/**
 * Every message between the page and the train worker. One run at a time: `start` → `addPictures` (three sets) →
 * `prepare` → `train` (as often as it is stopped) → `evaluate`, `embed`, `weights`.
 */
import type { Checkpoint } from '../src/core/types';
import type { ErrorCode, ErrorDetails } from '../src/core/errors';
import type { BackendName, StoredCrop } from '../src/core/types';
import type { WeightTensor } from '../src/core/weights';
import type { Evened } from '../src/evaluate/evaluation';
import type { Graph } from '../src/nn/graph';
import type { TrainConfig } from '../src/train/config/config';
import type { LoggedStep } from '../src/train/loop';
import type { ModelReport } from '../src/train/report';
import type { Trainable } from '../src/train/plan';
import type { TrainedCohort } from '../src/weights/trainedCohort';
import type { Progress } from './protocol';

export type { LoggedStep, ModelReport, TrainConfig };

export interface TrainStart {
  /** `auto` (default): WebGPU where there is a real GPU, else WASM. */
  readonly backend?: BackendName | 'auto';
  /** On WASM, at most; default all cores. */
  readonly threads?: number;
  /** Where model files lie; default the page's `models/`. */
  readonly modelsUrl?: string;
}

/** What training really runs on. */
export interface TrainEngine {
  readonly backend: BackendName;
  readonly adapter: string | null;
  readonly softwareAdapter: boolean;
  readonly threads: number;
  /** Sentences for the user about choices that were not as asked. */
  readonly notes: readonly string[];
}

/** R, G, B, a byte each, in rows: an aligned face of `size`² pixels. */
export interface PixelCrop {
  readonly size: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * An aligned face: a picture file that is the whole square crop (PNG of `align --size 182 --margin 44`, say), its pixels,
 * or a crop as the store keeps it, from which the network's own crop is cut. Files and stored crops are decoded ahead and
 * kept decoded, up to 512 MB. A file or pixels may be larger than the network's input by 182 / 160, the room of random
 * crops, and are otherwise resized.
 */
export type TrainPicture = Blob | PixelCrop | StoredCrop;

/** `train`: what is learnt from, and the gallery of the report. `held`: judged by. `outsiders`: people who must stay unknown. */
export type PictureSet = 'train' | 'held' | 'outsiders';

/** Where a run begins. */
export type TrainBase =
  /** A model of the registry, folded: the finest file that is here. */
  | { readonly kind: 'model'; readonly id: string }
  /**
   * Weights of our own: a safetensors file in our names (what `weights` gives, or an export). Folded or not is seen from
   * its names. A head in it is kept: `people` names its rows, in order; who is new gets a new row. `size`: side of its
   * input (default 160).
   */
  | {
      readonly kind: 'weights';
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly people?: readonly string[];
      readonly size?: number;
    }
  /** Inception-ResNet-v1 with live batch norm; `width` (0–1, default 1) scales its channels, `size` its input (default 160). */
  | { readonly kind: 'scratch'; readonly width?: number; readonly size?: number }
  /** Any network from pictures to prelogits, for tests; `cuts` names where it may be frozen. */
  | {
      readonly kind: 'graph';
      readonly graph: Graph;
      readonly weights: ReadonlyMap<string, WeightTensor>;
      readonly cuts: readonly string[];
    };

/**
 * What learns. `head`: only the classifier, on the network's embeddings (of length 1), its rows beginning as ten times their
 * person's mean embedding; ADAGRAD at a rate of 1 suits it (.985 of `data/people`'s test pictures after 3 pictures a
 * person, 60 epochs). `last-blocks`: the last two residual blocks, the
 * bottleneck and the head. `after`: all that comes after that cut (a name of `cuts` of the plan).
 */
export type { Trainable };

export interface TrainRequest {
  readonly base: TrainBase;
  readonly trainable: Trainable;
  /** Parsed JSON; anything left out has its default. Unknown keys and impossible values are refused. */
  readonly config: unknown;
  /** The people by class number: pictures' labels index it. */
  readonly people: readonly string[];
}

export interface TrainPlan {
  readonly config: TrainConfig;
  /** Numbers that learn, among all those of the network and its head. */
  readonly trainableParameters: number;
  readonly parameters: number;
  /** Where the frozen part ends; null when nothing is frozen. */
  readonly frozenUntil: string | null;
  /** The frozen part's results are computed once: no augmentation changes them. */
  readonly cached: boolean;
  readonly stepsPerEpoch: number;
  /** Side of the network's input: no crop may be smaller. */
  readonly inputSize: number;
  readonly embeddingSize: number;
  readonly folded: boolean;
  /** Cuts that `after` may name, from the input on. */
  readonly cuts: readonly string[];
  /** Sentences about pictures that teach little: a person with one picture, or with the same one several times. */
  readonly notes: readonly string[];
}

/** Where checkpoints go: to the store's IndexedDB under the id of the run, or through messages to the caller. */
export type SinkChoice = { readonly kind: 'store'; readonly runId: string } | { readonly kind: 'caller' };

export interface TrainCall {
  readonly sink: SinkChoice;
  /** Goes on from here (`caller` only): the checkpoint saved last. Without one the run goes on from memory, or begins. */
  readonly checkpoint?: Checkpoint;
  /** Stops after this epoch, saved, to be called again: validation on the way. */
  readonly untilEpoch?: number;
}

/** Old against new, and by which distances both are judged. */
export interface RunReport {
  readonly before: ModelReport;
  readonly after: ModelReport;
  readonly evened: Evened;
}

export type TrainProgress =
  | { readonly kind: 'step'; readonly report: LoggedStep }
  /** A wait before the first step: loading, the frozen part's pass over the pictures. */
  | { readonly kind: 'stage'; readonly progress: Progress }
  /** For the sink `caller`: take it with `takeCheckpoint`, save it, and say so with `checkpointSaved`; training waits. */
  | { readonly kind: 'checkpoint'; readonly number: number; readonly step: number }
  /** The graphics device was lost; the run went back to the checkpoint of that step and goes on. */
  | { readonly kind: 'recovered'; readonly step: number };

export interface TrainResult {
  readonly step: number;
  readonly epoch: number;
  /** False when paused or when `untilEpoch` was reached before the end. */
  readonly finished: boolean;
}

export interface TrainMemory {
  readonly tensors: number;
  /** The WebAssembly memory of tfjs, which never shrinks: its peak. */
  readonly wasmBytes: number;
  readonly gpuBuffers: number;
}

export interface TrainOps {
  /** Starts the backend; again to change it. What was added or prepared before is forgotten. */
  start: { req: TrainStart; res: TrainEngine; progress: Progress };
  /** Adds to a set, any number of times; `labels` is a class number for each. Resolves to the number now in the set. */
  addPictures: {
    req: { set: PictureSet; pictures: readonly TrainPicture[]; labels: readonly number[] };
    res: { pictures: number };
    progress: never;
  };
  /** Which of the picture files cannot be read, and why. Their names are for the sentences. */
  checkPictures: {
    req: { pictures: readonly File[] };
    res: {
      unreadable: readonly { readonly index: number; readonly code: ErrorCode; readonly details: ErrorDetails }[];
    };
    progress: never;
  };
  clearPictures: { req: { set: PictureSet }; res: null; progress: never };
  /**
   * Builds the run. Throws `config/unknown-key`, `config/bad-value`, `train/too-few` (one person, one picture a person,
   * all pictures of everybody identical), `train/too-large` (on WASM, a step beyond its 4 GB), loadWeights' errors.
   */
  prepare: { req: TrainRequest; res: TrainPlan; progress: Progress };
  /**
   * Trains from the sink's checkpoint, else from what is in memory. Aborted by signal it stops at once and the steps
   * since the last checkpoint are lost; `pause` loses none. Throws `train/diverged`, `train/other-run` (the checkpoint is
   * of another configuration, network or data), `train/bad-checkpoint`, `store/full` (the one before is kept).
   */
  train: { req: TrainCall; res: TrainResult; progress: TrainProgress };
  /** Lets the running `train` save and return after its step. Nothing happens where none runs. */
  pause: { req: Record<string, never>; res: null; progress: never };
  takeCheckpoint: { req: { number: number }; res: Checkpoint; progress: never };
  /** `error`: it could not be saved; training stops with it. */
  checkpointSaved: {
    req: { number: number; error?: { code: ErrorCode; details: ErrorDetails } };
    res: null;
    progress: never;
  };
  /**
   * Old against new on the held-out pictures and the outsiders, at a false-accept rate. `after` is what was learnt so
   * far, averaged weights where the run keeps them. Throws `evaluate/too-few`.
   */
  evaluate: { req: { far: number }; res: RunReport; progress: Progress };
  /**
   * Embeddings (of length 1) of a set or of other pictures, one row each, in order; by the inference engine in float32.
   * `mirror`: of the mirror images instead.
   */
  embed: {
    req: {
      which: 'before' | 'after';
      pictures: PictureSet | readonly TrainPicture[];
      mirror?: boolean;
    };
    res: { rows: number; columns: number; data: Float32Array<ArrayBuffer> };
    progress: Progress;
  };
  /**
   * What was learnt, as a float32 safetensors file in our names: the whole network (frozen part included) and the head
   * (`Logits/weights` [people, d], `Logits/biases`), whose rows `people` names. `cohort`: by which its distances are evened
   * out; the centres of one of its own are in the file. That takes `evaluate` before, unless only a head was trained.
   */
  weights: {
    req: { averaged: boolean };
    res: {
      bytes: Uint8Array<ArrayBuffer>;
      cohort: TrainedCohort | null;
      folded: boolean;
      people: readonly string[];
      embeddingSize: number;
      inputSize: number;
      /** The network with its prelogits as output; batch size 1. */
      graph: Graph;
    };
    progress: never;
  };
  memory: { req: Record<string, never>; res: TrainMemory; progress: never };
  /** How long the whole network of the prepared run takes to embed `batch` pictures, `runs` times; decoding is left out. */
  embedSpeed: { req: { batch: number; runs: number }; res: { milliseconds: number[] }; progress: never };
  /** Frees the run and its data; the worker stays. */
  dispose: { req: Record<string, never>; res: null; progress: never };
}

export type TrainOpName = keyof TrainOps;
