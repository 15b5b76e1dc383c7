/** Messages to the train worker: `start`, `addPictures` (3 sets), `prepare`, `train` (repeatable), then the results. */
import type { Progress } from '../src/core/call';
import type { Checkpoint, EngineMemory, Report } from '../src/core/types';
import type { PictureRef } from '../src/pipeline/decode';
import type { TrainEngine, TrainStart } from '../src/service/train/engines';
import type { TrainBase } from '../src/service/train/openBase';
import type { PictureSet, PixelCrop, UnreadablePicture } from '../src/service/train/pictureSets';
import type {
  AddRequest,
  CheckpointSaved,
  EmbeddedRows,
  EmbedRequest,
  SinkChoice,
  TrainCall,
  TrainedNetwork,
  TrainPlan,
  TrainRequest,
} from '../src/service/train/requests';
import type { TrainProgress, TrainResult } from '../src/service/train/run';
import type { LoggedStep } from '../src/train/loop';
import type { Trainable } from '../src/train/plan';
import type { ServeOptions } from './rpc';

export type {
  LoggedStep,
  PictureSet,
  PixelCrop,
  SinkChoice,
  Trainable,
  TrainBase,
  TrainEngine,
  TrainPlan,
  TrainProgress,
  TrainRequest,
  TrainResult,
  TrainStart,
};

export interface TrainOps {
  /** Starts the backend; again to change it. What was added or prepared before is forgotten. */
  start: { req: TrainStart; res: TrainEngine; progress: Progress };
  /** Adds to a set, any number of times; files that cannot be read are left out, and named with the reason. */
  addPictures: { req: AddRequest; res: { unreadable: readonly UnreadablePicture[] }; progress: never };
  /** Which of the files cannot be read, and why. */
  checkPictures: {
    req: { pictures: readonly PictureRef[] };
    res: { unreadable: readonly UnreadablePicture[] };
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
  checkpointSaved: { req: CheckpointSaved; res: null; progress: never };
  /**
   * Before and after on the held-out pictures and the impostors, at a false-accept rate. `after`: the weights trained so
   * far, averaged where the run averages. Throws `evaluate/too-few`.
   */
  evaluate: { req: { far: number }; res: Report; progress: Progress };
  /** Embeddings of length 1, one row a picture of a set or of others, in order; by the inference engine in float32. */
  embed: { req: EmbedRequest; res: EmbeddedRows; progress: Progress };
  /**
   * What was trained: the whole network (frozen part included) and the head (`Logits/weights` [people, d],
   * `Logits/biases`). A cohort takes `evaluate` before, unless only a head was trained.
   */
  weights: { req: { averaged: boolean }; res: TrainedNetwork; progress: never };
  memory: { req: Record<string, never>; res: EngineMemory; progress: never };
  /** How long the whole network of the prepared run takes to embed `batch` pictures, `runs` times; decoding is left out. */
  embedSpeed: { req: { batch: number; runs: number }; res: { milliseconds: number[] }; progress: never };
  /** Frees the run and its data; the worker stays. */
  dispose: { req: Record<string, never>; res: null; progress: never };
}

export type TrainOpName = keyof TrainOps;

export const TRAIN_SERVE_OPTIONS: ServeOptions<TrainOps> = {
  // Large results change hands instead of being copied.
  transfers: {
    takeCheckpoint: ({ tensors }) => [tensors.buffer],
    embed: ({ data }) => [data.buffer],
    weights: ({ bytes }) => [bytes.buffer],
  },
  // Messages about a running `train` do not wait for its end.
  lanes: { pause: 'control', takeCheckpoint: 'control', checkpointSaved: 'control', memory: 'control' },
};
