/** The page's side of the face worker, started with the first call; after a crash a new one gets the old state. */
import { FACE_TRANSFERS, type OpName, type Ops } from '../../workers/protocol';
import type { RemoteCallOptions } from '../../workers/rpc';
import type { FaceError } from '../core/errors';
import { WorkerThread } from './workerThread';

/** The expression stays in this form: bundlers find a worker's file by it. */
function startFaceWorker(): Worker {
  return new Worker(new URL('../../workers/face.worker.ts', import.meta.url), { type: 'module', name: 'face' });
}

export class FaceThread {
  readonly #thread: WorkerThread<Ops>;
  #restoring = false;
  /** The requests that a new worker is given: the last of each that succeeded, in the order in which they must be repeated. */
  readonly #last: { [K in 'start' | 'setFar' | 'setClassifier' | 'setGallery']?: Ops[K]['req'] } = {};
  readonly #listeners = new Set<(error: FaceError) => void>();

  /** `makeWorker`: for bundlers and tests that start another worker of the same protocol. */
  constructor(makeWorker: () => Worker = startFaceWorker) {
    const onCrash = (error: FaceError) => {
      // A worker that dies of the repeated start would die again: the next one waits for the caller's start.
      if (!this.#restoring) void this.#restore();
      for (const listener of this.#listeners) listener(error);
    };
    this.#thread = new WorkerThread(makeWorker, { transfers: FACE_TRANSFERS, onCrash });
  }

  /** Rejects with a FaceError; `signal` aborts the work in the worker too. Bitmaps and video frames are transferred. */
  async call<K extends OpName>(
    op: K,
    req: Ops[K]['req'],
    options?: RemoteCallOptions<Ops[K]['progress']>,
  ): Promise<Ops[K]['res']> {
    const answer = await this.#thread.open().call(op, req, options);
    this.#remember(op, req);
    return answer;
  }

  /** `listener` gets the error whenever the worker had to be replaced. Returns what removes it. */
  onCrash(listener: (error: FaceError) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#thread.close();
  }

  #remember<K extends OpName>(op: K, req: Ops[K]['req']): void {
    if (op === 'start') delete this.#last.setFar; // a start sets its own rate
    if (op === 'start' || op === 'setFar' || op === 'setClassifier' || op === 'setGallery')
      Object.assign(this.#last, { [op]: req });
  }

  /** Sends everything at once: calls that follow line up after it in the worker. */
  async #restore(): Promise<void> {
    const { start, setFar, setClassifier, setGallery } = this.#last;
    const calls: Promise<unknown>[] = [];
    if (start) calls.push(this.#thread.open().call('start', start));
    if (setFar) calls.push(this.#thread.open().call('setFar', setFar));
    if (setClassifier) calls.push(this.#thread.open().call('setClassifier', setClassifier));
    if (setGallery) calls.push(this.#thread.open().call('setGallery', setGallery));
    this.#restoring = true;
    await Promise.allSettled(calls);
    this.#restoring = false;
  }
}
