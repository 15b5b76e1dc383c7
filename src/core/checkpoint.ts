/** A training run's state as it is stored: two values that belong together. */
export interface StoredCheckpoint {
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
  save(checkpoint: StoredCheckpoint): Promise<void>;
  latest(): Promise<StoredCheckpoint | null>;
}

/** A sink that can say where a run stands without reading its tensors, which may be hundreds of megabytes. */
export interface ResumableSink extends CheckpointSink {
  /** The latest checkpoint's description (`StoredCheckpoint.meta`). */
  meta(): Promise<string | null>;
}
