/** Training runs, their checkpoints and the models they made as they are stored, and the store's part for them. */
import type { Precision, ResumableSink } from '../core/types';
import type { TrainedInfo } from '../weights/trained';
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

/** A model trained here, as its files describe it. Its weights are rows of their own, one file per precision. */
export interface TrainedModelRecord extends TrainedInfo {
  readonly folded: boolean;
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
  /** Where a run's checkpoints are replaced, each in one transaction. `save` throws `store/full`, keeping the last. */
  sink(runId: string): ResumableSink;
  removeCheckpoint(runId: string): Promise<void>;
  /** The latest first. */
  models(): Promise<TrainedModelRecord[]>;
  model(id: string): Promise<TrainedModelRecord | null>;
  /** Adds or replaces a model with all its files. Throws `store/full`. */
  saveModel(model: TrainedModelRecord, files: ReadonlyMap<Precision, Uint8Array<ArrayBuffer>>): Promise<void>;
  /** Changes a model's title; its files stay as they are. Resolves to the new record. Throws `store/not-found`. */
  renameModel(id: string, title: string): Promise<TrainedModelRecord>;
  /** A model's weights, a safetensors file. Throws `store/not-found`. */
  modelFile(id: string, precision: Precision): Promise<Uint8Array<ArrayBuffer>>;
  removeModel(id: string): Promise<void>;
}
