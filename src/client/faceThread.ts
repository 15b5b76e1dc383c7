/**
 * The page's side of the face worker: starts it with the first call and replaces it when it crashes. Pending calls then
 * reject with `worker/crashed`, and the new worker is brought to the state of the old one.
 */
import { FACE_TRANSFERS, type OpName, type Ops } from '../../workers/protocol';
import { connect, type Connection, type RemoteCallOptions } from '../../workers/rpc';
import { FaceError } from '../core/errors';

/** The expression stays in this form: bundlers find a worker's file by it. */
function startFaceWorker(): Worker {
  return new Worker(new URL('../../workers/face.worker.ts', import.meta.url), { type: 'module', name: 'face' });
}

export class FaceThread {
  #running: { readonly worker: Worker; readonly connection: Connection<Ops> } | null = null;
  #closed = false;
  #restoring = false;
  /** The requests that a new worker is given: the last of each that succeeded, in the order in which they must be repeated. */
  readonly #last: { [K in 'start' | 'setFar' | 'setClassifier' | 'setGallery']?: Ops[K]['req'] } = {};
  readonly #listeners = new Set<(error: FaceError) => void>();

  /** `makeWorker`: for bundlers and tests that start another worker of the same protocol. */
  constructor(private readonly makeWorker: () => Worker = startFaceWorker) {}

  /** Rejects with a FaceError; `signal` aborts the work in the worker too. Bitmaps and video frames are transferred. */
  async call<K extends OpName>(
    op: K,
    req: Ops[K]['req'],
    options?: RemoteCallOptions<Ops[K]['progress']>,
  ): Promise<Ops[K]['res']> {
    if (this.#closed) throw new FaceError('aborted');
    const answer = await this.#connection().call(op, req, options);
    this.#remember(op, req);
    return answer;
  }

  /** `listener` gets the error whenever the worker had to be replaced. Returns what removes it. */
  onCrash(listener: (error: FaceError) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    this.#running?.connection.close(new FaceError('aborted'));
    this.#running?.worker.terminate();
    this.#running = null;
  }

  #connection(): Connection<Ops> {
    if (this.#running) return this.#running.connection;
    const worker = this.makeWorker();
    const onCrash = (error: FaceError) => {
      worker.terminate();
      this.#running = null;
      // A worker that dies of the repeated start would die again: the next one waits for the caller's start.
      if (!this.#restoring) void this.#restore();
      for (const listener of this.#listeners) listener(error);
    };
    this.#running = { worker, connection: connect<Ops>(worker, { transfers: FACE_TRANSFERS, onCrash }) };
    return this.#running.connection;
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
    if (start) calls.push(this.#connection().call('start', start));
    if (setFar) calls.push(this.#connection().call('setFar', setFar));
    if (setClassifier) calls.push(this.#connection().call('setClassifier', setClassifier));
    if (setGallery) calls.push(this.#connection().call('setGallery', setGallery));
    this.#restoring = true;
    await Promise.allSettled(calls);
    this.#restoring = false;
  }
}
