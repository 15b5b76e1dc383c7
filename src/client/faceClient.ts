import { FACE_TRANSFERS, type OpName, type Ops } from '../../workers/protocol';
import { connect, type Connection, type RemoteCallOptions } from '../../workers/rpc';
import { FaceError } from '../core/errors';

/**
 * The page's side of the face worker: starts it, calls it, and starts it again when it crashes (pending calls then
 * reject with `worker/crashed`, and the last `start` and `setGallery` are repeated). Used by the app and the harness alike.
 */
export interface FaceClient {
  /** Rejects with a FaceError; `signal` aborts the work in the worker too. Bitmaps and video frames are transferred. */
  call<K extends OpName>(
    op: K,
    req: Ops[K]['req'],
    options?: RemoteCallOptions<Ops[K]['progress']>,
  ): Promise<Ops[K]['res']>;
  /** Called with a sentence's error whenever the worker had to be restarted; returns the unsubscriber. */
  onCrash(callback: (error: Error) => void): () => void;
  close(): void;
}

export interface FaceClientOptions {
  /** Tests start other workers that speak the same protocol. */
  readonly makeWorker?: () => Worker;
}

function makeFaceWorker(): Worker {
  return new Worker(new URL('../../workers/face.worker.ts', import.meta.url), { type: 'module', name: 'face' });
}

/** A client whose worker is started by its first call. */
export function createFaceClient({ makeWorker = makeFaceWorker }: FaceClientOptions = {}): FaceClient {
  let running: { readonly worker: Worker; readonly connection: Connection<Ops> } | null = null;
  let closed = false;
  /** What a new worker must be told to be as the old one was: the last of each that succeeded. */
  let lastStart: Ops['start']['req'] | null = null;
  let lastGallery: Ops['setGallery']['req'] | null = null;
  let lastFar: Ops['setFar']['req'] | null = null;
  let restoring = false;
  const crashCallbacks = new Set<(error: Error) => void>();
  const remember: { readonly [K in OpName]?: (req: Ops[K]['req']) => void } = {
    start: (req) => {
      lastStart = req;
      lastFar = null; // a start sets its own
    },
    setGallery: (req) => (lastGallery = req),
    setFar: (req) => (lastFar = req),
  };

  function connection(): Connection<Ops> {
    if (running) return running.connection;
    const worker = makeWorker();
    const onCrash = (error: FaceError) => {
      worker.terminate();
      running = null;
      // A worker that dies of the repeated start itself would die for ever: the next one waits for the caller's start.
      if (!restoring) void restore();
      for (const callback of crashCallbacks) callback(error);
    };
    running = { worker, connection: connect<Ops>(worker, { transfers: FACE_TRANSFERS, onCrash }) };
    return running.connection;
  }

  /** Sends all at once: calls that follow line up behind them in the worker. */
  async function restore(): Promise<void> {
    const calls: Promise<unknown>[] = [];
    if (lastStart) calls.push(connection().call('start', lastStart));
    if (lastFar) calls.push(connection().call('setFar', lastFar));
    if (lastGallery) calls.push(connection().call('setGallery', lastGallery));
    restoring = true;
    await Promise.allSettled(calls);
    restoring = false;
  }

  return {
    async call(op, req, options) {
      if (closed) throw new FaceError('aborted');
      const answer = await connection().call(op, req, options);
      remember[op]?.(req);
      return answer;
    },
    onCrash(callback) {
      crashCallbacks.add(callback);
      return () => crashCallbacks.delete(callback);
    },
    close() {
      closed = true;
      running?.connection.close(new FaceError('aborted'));
      running?.worker.terminate();
      running = null;
    },
  };
}
