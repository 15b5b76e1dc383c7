/** Training runs, their checkpoints and the models they made as they are stored, and the store's part for them. */
import type { CropKind, Precision, ResumableSink } from '../core/types';
import type { TrainedCohort } from '../weights/trainedCohort';
import type { StorePart } from './schema';

/** `running`: also a run whose tab was closed; it resumes from its checkpoint. `accepted`: its model is in use. */
export type TrainRunStatus = 'running' | 'paused' | 'finished' | 'accepted' | 'discarded' | 'failed';

/** A training run as the app remembers it: what is needed to resume it after the tab was closed, and what is shown of it. */
export interface TrainRunRecord {
  readonly id: string;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly status: TrainRunStatus;
  readonly step: number;
  readonly epoch: number;
  /** JSON: base, what learns, configuration, people and the pictures chosen. */
  readonly plan: string;
  /** JSON: the points of the plots. */
  readonly history: string;
  /** JSON: the report before and after; null before there is one. */
  readonly report: string | null;
  /** The trained model that it became. */
  readonly modelId: string | null;
  /** The sentence that it failed with. */
  readonly failure: string | null;
}

/** A model trained here: what the registry's row says of others. Its weights are rows of their own, one file per precision. */
export interface TrainedModelRecord {
  readonly id: string;
  readonly title: string;
  readonly createdAt: number;
  /** The model that it was trained from; null from scratch. */
  readonly base: string | null;
  readonly architecture: 'inceptionResnetV1';
  /** Share of the original's channels. */
  readonly width: number;
  readonly folded: boolean;
  readonly embeddingSize: number;
  readonly inputSize: number;
  readonly standardisation: { readonly mean: readonly [number, number, number]; readonly divisor: number };
  readonly crop: CropKind;
  readonly normalised: boolean;
  readonly threshold: number;
  readonly defaultFar: number;
  readonly calibration: readonly { readonly far: number; readonly distance: number; readonly impostors: number }[];
  /** As its file says; absent where that was written by the version that knew no cohorts. */
  readonly cohort?: TrainedCohort | null;
  /** The run that made it; null of a file. */
  readonly run: string | null;
  readonly licence: string;
  readonly credit: string;
  /** Float32 embedding of the self-test's drawn face; null where nobody has computed it. */
  readonly selfTest: readonly number[] | null;
  /** By class number: whom the head names. */
  readonly people: readonly string[];
  /** JSON: the report before and after. */
  readonly report: string | null;
  readonly files: Partial<Record<Precision, { readonly bytes: number; readonly sha256: string }>>;
}

/** The tensors of a run's last checkpoint. */
export interface CheckpointRow {
  readonly runId: string;
  readonly tensors: Uint8Array<ArrayBuffer>;
}
/** Its description, apart so that it can be read without the tensors. */
export interface CheckpointMetaRow {
  /** The run's. */
  readonly id: string;
  readonly meta: string;
}

export interface TrainedFileRow {
  /** `<model id>.<precision>` */
  readonly id: string;
  readonly modelId: string;
  readonly precision: Precision;
  /** A safetensors file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Runs, checkpoints and trained models on this device. Checkpoints are written without notice to listeners. */
export interface TrainStore extends StorePart {
  /** The latest first. */
  runs(): Promise<TrainRunRecord[]>;
  run(id: string): Promise<TrainRunRecord | null>;
  /** Adds or replaces. Throws `store/full`. */
  saveRun(run: TrainRunRecord): Promise<void>;
  /** With its checkpoint. */
  removeRun(id: string): Promise<void>;
  /**
   * Where a run's checkpoints are saved: each replaces the previous one in one transaction, so that a whole one is always
   * there. `save` throws `store/full` and leaves the previous one. The run need not have a record.
   */
  sink(runId: string): ResumableSink;
  removeCheckpoint(runId: string): Promise<void>;
  /** The latest first. */
  models(): Promise<TrainedModelRecord[]>;
  model(id: string): Promise<TrainedModelRecord | null>;
  /** Adds or replaces a model with all its files. Throws `store/full`. */
  saveModel(model: TrainedModelRecord, files: ReadonlyMap<Precision, Uint8Array<ArrayBuffer>>): Promise<void>;
  /** A model's weights, a safetensors file. Throws `store/not-found`. */
  modelFile(id: string, precision: Precision): Promise<Uint8Array<ArrayBuffer>>;
  removeModel(id: string): Promise<void>;
}
