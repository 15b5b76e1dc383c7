import type { OpName, Ops, Progress } from '../../workers/protocol';

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * The page's side of the face worker: starts it, calls it, and starts it again when it crashes (pending calls then
 * reject with `worker/crashed`, and the last `start` and `setGallery` are repeated). Used by the app and the harness alike.
 */
export interface FaceClient {
  /** Rejects with a FaceError; `signal` aborts the work in the worker too. Bitmaps and video frames are transferred. */
  call<K extends OpName>(op: K, req: Ops[K]['req'], options?: CallOptions): Promise<Ops[K]['res']>;
  /** Called with a sentence's error whenever the worker had to be restarted; returns the unsubscriber. */
  onCrash(callback: (error: Error) => void): () => void;
  close(): void;
}
