import type { CallContext } from '../src/core/call';
import { FaceError, toFaceError, type ErrorCode, type ErrorDetails } from '../src/core/errors';
import { serial } from '../src/core/serial';

/** The types of one operation: its request, its result, and its progress (`never`: none). */
export interface OpTypes {
  req: unknown;
  res: unknown;
  progress: unknown;
}
/** A map from operation names to their types, such as `Ops` of protocol.ts. */
export type OpTable<T> = { [K in keyof T]: OpTypes };

export type Handlers<T extends OpTable<T>> = {
  readonly [K in keyof T]: (
    req: T[K]['req'],
    context: CallContext<T[K]['progress']>,
  ) => T[K]['res'] | Promise<T[K]['res']>;
};
/** What of a request changes hands instead of being copied. */
export type RequestTransfers<T extends OpTable<T>> = {
  readonly [K in keyof T]?: (req: T[K]['req']) => Transferable[];
};
export type ResultTransfers<T extends OpTable<T>> = {
  readonly [K in keyof T]?: (res: T[K]['res']) => Transferable[];
};

/** One end of a channel: a Worker, a worker's own scope, or a MessagePort. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  /** MessagePorts deliver nothing before this. */
  start?(): void;
}

type Message<T extends OpTable<T>> =
  { [K in keyof T]: { id: number; op: K; req: T[K]['req'] } }[keyof T] | { id: number; abort: true };
type Reply =
  | { id: number; type: 'progress'; progress: unknown }
  | { id: number; type: 'result'; result: unknown }
  | { id: number; type: 'error'; code: ErrorCode; details: ErrorDetails };

export interface ServeOptions<T extends OpTable<T>> {
  /** Calls of one lane run one after the other, in the order in which they came; `main` where none is named. */
  readonly lanes?: { readonly [K in keyof T]?: string };
  /** What arrives by changing hands: closed when the call ends, however it ends. */
  readonly owned?: RequestTransfers<T>;
  readonly transfers?: ResultTransfers<T>;
}

/** Bitmaps and video frames hold memory, even the camera's own, until they are closed. */
function closeAll(items: readonly Transferable[]): void {
  for (const item of items) if ('close' in item) void item.close();
}

/**
 * The worker's side: answers every call that arrives at `scope` by the handler of its name. A call aborted while it
 * waits never reaches its handler. An operation without a handler is answered with `worker/bad-request`; anything
 * that a handler throws reaches the caller as a FaceError. A WebAssembly trap leaves the module's memory undefined,
 * so it is also thrown on as an uncaught error, which tells the page to replace the worker.
 */
export function serve<T extends OpTable<T>>(
  scope: Port,
  handlers: Handlers<T>,
  { lanes = {}, owned = {}, transfers = {} }: ServeOptions<T> = {},
): void {
  const aborts = new Map<number, AbortController>();
  const queues = new Map<string, ReturnType<typeof serial>>();

  function reply(message: Reply, transfer: Transferable[] = []): void {
    scope.postMessage(message, transfer);
  }
  function fail(id: number, thrown: unknown): void {
    const { code, details } = toFaceError(thrown);
    if (code !== 'internal') {
      reply({ id, type: 'error', code, details });
      return;
    }
    const cause = thrown instanceof Error ? thrown.cause : null;
    // Where it happened is lost on the way otherwise, and a report of it is worth little without.
    const origin = thrown instanceof FaceError && cause instanceof Error ? cause : thrown;
    const stack = origin instanceof Error ? (origin.stack ?? null) : null;
    reply({ id, type: 'error', code, details: { stack, ...details } });
    console.error(thrown);
    if (thrown instanceof WebAssembly.RuntimeError || cause instanceof WebAssembly.RuntimeError)
      setTimeout(() => {
        throw thrown;
      });
  }
  async function answer<K extends keyof T>(id: number, op: K, req: T[K]['req'], signal: AbortSignal): Promise<void> {
    try {
      if (signal.aborted) throw new FaceError('aborted');
      const result = await handlers[op](req, {
        signal,
        progress: (progress) => reply({ id, type: 'progress', progress }),
      });
      reply({ id, type: 'result', result }, transfers[op]?.(result) ?? []);
    } catch (thrown) {
      fail(id, thrown);
    } finally {
      aborts.delete(id);
      closeAll(owned[op]?.(req) ?? []);
    }
  }

  scope.addEventListener('message', (event) => {
    if (!(event instanceof MessageEvent)) return;
    const message = event.data as Message<T>;
    if ('abort' in message) {
      aborts.get(message.id)?.abort();
      return;
    }
    const { id, op, req } = message;
    if (!Object.hasOwn(handlers, op)) {
      fail(id, new FaceError('worker/bad-request', { op: String(op) }));
      return;
    }
    const abort = new AbortController();
    aborts.set(id, abort);
    const lane = lanes[op] ?? 'main';
    const inTurn = queues.get(lane) ?? serial();
    queues.set(lane, inTurn);
    void inTurn(() => answer(id, op, req, abort.signal));
  });
  scope.start?.();
}

export interface RemoteCallOptions<P> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: P) => void) | undefined;
}
export interface Connection<T extends OpTable<T>> {
  /**
   * Rejects with a FaceError: the handler's own, `aborted` at once when `signal` aborts (the worker aborts too),
   * `worker/bad-request`, or `worker/crashed`. What `transfers` names of the request is gone for the caller, even when
   * the call is never sent.
   */
  call<K extends keyof T>(op: K, req: T[K]['req'], options?: RemoteCallOptions<T[K]['progress']>): Promise<T[K]['res']>;
  /** Stops listening and rejects every pending and later call with `error`. */
  close(error: FaceError): void;
}
export interface ConnectOptions<T extends OpTable<T>> {
  readonly transfers?: RequestTransfers<T>;
  /** Called once, after every pending call was rejected with the same `worker/crashed`. */
  readonly onCrash?: (error: FaceError) => void;
}

interface Pending {
  // A method, so that a promise's own typed `resolve` fits: the wire's data gets its type here and nowhere else.
  resolve(result: unknown): void;
  reject(error: FaceError): void;
  progress(progress: unknown): void;
  cleanUp(): void;
}

/** The page's side of `serve`. */
export function connect<T extends OpTable<T>>(
  port: Port,
  { transfers = {}, onCrash }: ConnectOptions<T> = {},
): Connection<T> {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let closed: FaceError | null = null;

  function take(id: number): Pending | undefined {
    const call = pending.get(id);
    call?.cleanUp();
    pending.delete(id);
    return call;
  }
  function onMessage(event: Event): void {
    if (!(event instanceof MessageEvent)) return;
    const reply = event.data as Reply;
    if (reply.type === 'progress') pending.get(reply.id)?.progress(reply.progress);
    else if (reply.type === 'result') take(reply.id)?.resolve(reply.result);
    else take(reply.id)?.reject(new FaceError(reply.code, reply.details));
  }
  function onBroken(event: Event): void {
    if (event.type === 'error') event.preventDefault();
    const given = 'message' in event && typeof event.message === 'string' ? event.message : '';
    const reason = given || 'its script or an answer is unreadable';
    const error = new FaceError('worker/crashed', { reason });
    close(error);
    onCrash?.(error);
  }
  function close(error: FaceError): void {
    if (closed) return;
    closed = error;
    port.removeEventListener('message', onMessage);
    port.removeEventListener('error', onBroken);
    port.removeEventListener('messageerror', onBroken);
    for (const id of [...pending.keys()]) take(id)?.reject(error);
  }

  port.addEventListener('message', onMessage);
  port.addEventListener('error', onBroken);
  port.addEventListener('messageerror', onBroken);
  port.start?.();

  return {
    close,
    call(op, req, { signal, onProgress } = {}) {
      return new Promise((resolve, reject) => {
        const transfer = transfers[op]?.(req) ?? [];
        const refusal = signal?.aborted ? new FaceError('aborted') : closed;
        if (refusal) {
          closeAll(transfer);
          reject(refusal);
          return;
        }
        const id = ++lastId;
        const onAbort = () => {
          port.postMessage({ id, abort: true }, []);
          take(id)?.reject(new FaceError('aborted'));
        };
        const progress: Pending['progress'] = (value) => onProgress?.(value);
        pending.set(id, { resolve, reject, progress, cleanUp: () => signal?.removeEventListener('abort', onAbort) });
        signal?.addEventListener('abort', onAbort, { once: true });
        try {
          port.postMessage({ id, op, req }, transfer);
        } catch (thrown) {
          take(id)?.reject(toFaceError(thrown));
        }
      });
    },
  };
}
