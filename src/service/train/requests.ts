/** What the train service is asked and what it answers, beside what its parts define themselves. */
import type { Checkpoint } from '../../core/types';
import type { ErrorData } from '../../core/errors';
import type { Graph } from '../../nn/graph';
import type { TrainConfig } from '../../train/config/config';
import type { Trainable } from '../../train/plan';
import type { TrainedCohort } from '../../weights/trainedCohort';
import type { TrainBase } from './openBase';
import type { PictureSet, TrainPicture } from './pictureSets';

export interface AddRequest {
  readonly set: PictureSet;
  readonly pictures: readonly TrainPicture[];
  /** A class number for each. */
  readonly labels: readonly number[];
}

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
  /** Numbers that are trained, among all those of the network and its head. */
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
  /** Continue from here (`caller` only): the checkpoint saved last. Without one the run continues from memory, or begins. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Stops after this epoch, saved, to be called again: validation on the way. */
  readonly untilEpoch?: number | undefined;
}

export interface CheckpointSaved {
  readonly number: number;
  /** It could not be saved; training stops with this. */
  readonly error?: ErrorData | undefined;
}

export interface EmbedRequest {
  /** The network as the run began, or as it is now. */
  readonly which: 'before' | 'after';
  readonly pictures: PictureSet | readonly TrainPicture[];
  /** Of the flipped pictures instead. */
  readonly flip?: boolean | undefined;
}

/** Embeddings of length 1, row by row. */
export interface EmbeddedRows {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array<ArrayBuffer>;
}

/** What was trained, as a float32 safetensors file in our names. */
export interface TrainedNetwork {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** By which its distances are evened out; the centres of one of its own are in the file. */
  readonly cohort: TrainedCohort | null;
  readonly folded: boolean;
  /** Whom the head's rows name. */
  readonly people: readonly string[];
  readonly embeddingSize: number;
  readonly inputSize: number;
  /** The network with its prelogits as output; batch size 1. */
  readonly graph: Graph;
}
