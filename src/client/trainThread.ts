/** The page's side of the train worker, apart from recognition's; it carries checkpoints to what keeps them. */
import type { Connection, RemoteCallOptions } from '../../workers/rpc';
import type {
  LoggedStep,
  SinkChoice,
  TrainOpName,
  TrainOps,
  TrainProgress,
  TrainResult,
} from '../../workers/trainProtocol';
import type { Progress } from '../core/call';
import { errorData, toFaceError } from '../core/errors';
import type { CheckpointSink } from '../core/types';
import { WorkerThread } from './workerThread';

/** Every operation but `train` and the messages about its checkpoints, which `train` sends. */
export type TrainCallName = Exclude<TrainOpName, 'train' | 'takeCheckpoint' | 'checkpointSaved'>;

export interface TrainOptions {
  /** Checkpoints go to the store under this id, or to a sink of the caller's (the command line's disk, tests' memory). */
  readonly sink: { readonly runId: string } | CheckpointSink;
  /** Stops after this epoch, saved; a further call continues. */
  readonly untilEpoch?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: LoggedStep) => void) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** The graphics device was lost; the run continues from that step. */
  readonly onRecovered?: ((step: number) => void) | undefined;
}

/** The expression stays in this form: bundlers find a worker's file by it. */
function startTrainWorker(): Worker {
  return new Worker(new URL('../../workers/train.worker.ts', import.meta.url), { type: 'module', name: 'train' });
}

export class TrainThread {
  readonly #thread: WorkerThread<TrainOps>;

  constructor(makeWorker: () => Worker = startTrainWorker) {
    this.#thread = new WorkerThread(makeWorker);
  }

  /** Rejects with a FaceError. */
  async call<K extends TrainCallName>(
    op: K,
    req: TrainOps[K]['req'],
    options?: RemoteCallOptions<TrainOps[K]['progress']>,
  ): Promise<TrainOps[K]['res']> {
    return this.#thread.open().call(op, req, options);
  }

  /**
   * Trains what was prepared, from the sink's last checkpoint where it has one. Rejects as the operation `train`, and
   * with what the sink throws. A crashed worker rejects with `worker/crashed`: start, add and prepare again, then continue
   * from the sink. `signal` loses the steps since the last checkpoint; `pause` loses none.
   */
  async train({ sink, untilEpoch, signal, ...notify }: TrainOptions): Promise<TrainResult> {
    const own = 'save' in sink ? sink : null;
    const checkpoint = (await own?.latest()) ?? undefined;
    const choice: SinkChoice = 'runId' in sink ? { kind: 'store', runId: sink.runId } : { kind: 'caller' };
    const connection = this.#thread.open();
    const onProgress = (progress: TrainProgress) => {
      if (progress.kind === 'step') notify.onStep?.(progress.report);
      else if (progress.kind === 'stage') notify.onProgress?.(progress.progress);
      else if (progress.kind === 'recovered') notify.onRecovered?.(progress.step);
      // When handing over fails, the worker's `train` rejects with the reason.
      else if (own) void handOver(connection, own, progress.number).catch(() => {});
    };
    return connection.call('train', { sink: choice, checkpoint, untilEpoch }, { onProgress, signal });
  }

  /** Lets a running `train` save after its step and resolve with `finished` false. */
  async pause(): Promise<void> {
    await this.#thread.running?.call('pause', {});
  }

  close(): void {
    this.#thread.close();
  }
}

/** Brings a checkpoint from the worker to the sink, and the sink's answer back. */
async function handOver(connection: Connection<TrainOps>, sink: CheckpointSink, number: number): Promise<void> {
  try {
    await sink.save(await connection.call('takeCheckpoint', { number }));
  } catch (thrown) {
    await connection.call('checkpointSaved', { number, error: errorData(toFaceError(thrown)) });
    return;
  }
  await connection.call('checkpointSaved', { number });
}
