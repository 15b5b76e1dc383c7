/** What long work is given besides its request, in whichever thread it runs. */

/** How far long work is. */
export interface Progress {
  /** What is being done, as a sentence's start: “Loading FaceNet”. */
  readonly stage: string;
  readonly done: number;
  /** 0 when unknown. */
  readonly total: number;
  readonly unit: 'bytes' | 'steps' | 'pictures';
}

export interface AbortContext {
  /** Aborted when the caller no longer wants the answer. */
  readonly signal: AbortSignal;
}

export interface CallContext<P = Progress> extends AbortContext {
  readonly progress: (progress: P) => void;
}
