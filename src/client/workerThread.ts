/** A worker of the page: started with its first call, replaced by the next one after a crash. */
import { connect, type ConnectOptions, type Connection, type OpTable } from '../../workers/rpc';
import { FaceError } from '../core/errors';

export class WorkerThread<Ops extends OpTable<Ops>> {
  #running: { readonly worker: Worker; readonly connection: Connection<Ops> } | null = null;
  #closed = false;

  constructor(
    private readonly makeWorker: () => Worker,
    private readonly options: ConnectOptions<Ops> = {},
  ) {}

  /** The connection of the worker that runs, if there is one. */
  get running(): Connection<Ops> | undefined {
    return this.#running?.connection;
  }

  /** The connection, to a new worker where none runs. Throws `aborted` once it is closed. */
  open(): Connection<Ops> {
    if (this.#closed) throw new FaceError('aborted');
    if (this.#running) return this.#running.connection;
    const worker = this.makeWorker();
    const onCrash = (error: FaceError) => {
      worker.terminate();
      this.#running = null;
      this.options.onCrash?.(error);
    };
    this.#running = { worker, connection: connect<Ops>(worker, { ...this.options, onCrash }) };
    return this.#running.connection;
  }

  /** Ends the worker and rejects what is under way with `aborted`. */
  close(): void {
    this.#closed = true;
    this.#running?.connection.close(new FaceError('aborted'));
    this.#running?.worker.terminate();
    this.#running = null;
  }
}
