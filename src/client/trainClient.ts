import { connect, type Connection } from '../../workers/rpc';
import type {
  LoggedStep,
  SinkChoice,
  TrainCall,
  TrainOpName,
  TrainOps,
  TrainProgress,
  TrainResult,
} from '../../workers/trainProtocol';
import type { CheckpointSink } from '../core/types';
import { FaceError, toFaceError } from '../core/errors';
import type { Progress } from '../core/call';

export interface TrainCallOptions<K extends TrainOpName> {
  /** Stops the work in the worker too. For `train` prefer `pause`, which loses no step. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainOps[K]['progress']) => void;
}

export interface TrainOptions {
  /** Checkpoints go to the store under this id, or to a sink of the caller's (the command line's disk, tests' memory). */
  readonly sink: { readonly runId: string } | CheckpointSink;
  /** Stops after this epoch, saved; call again to go on. */
  readonly untilEpoch?: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (report: LoggedStep) => void;
  readonly onStage?: (progress: Progress) => void;
  /** The device was lost, and the run goes on from that step. */
  readonly onRecovered?: (step: number) => void;
}

/** The page's side of the train worker. Training needs a worker of its own: recognition goes on meanwhile. */
export interface TrainClient {
  /** Every operation but the talk about checkpoints, which `train` does. Rejects with a FaceError. */
  call<K extends Exclude<TrainOpName, 'train' | 'takeCheckpoint' | 'checkpointSaved'>>(
    op: K,
    req: TrainOps[K]['req'],
    options?: TrainCallOptions<K>,
  ): Promise<TrainOps[K]['res']>;
  /**
   * Trains what was prepared, from the sink's last checkpoint where it has one. Rejects as the operation `train`, and
   * with what the sink throws. A crashed worker rejects with `worker/crashed`: start, add and prepare again, then go on
   * from the sink.
   */
  train(options: TrainOptions): Promise<TrainResult>;
  /** Lets a running `train` save and resolve with `finished` false. */
  pause(): Promise<void>;
  close(): void;
}

export interface TrainClientOptions {
  readonly makeWorker?: () => Worker;
}

function makeTrainWorker(): Worker {
  return new Worker(new URL('../../workers/train.worker.ts', import.meta.url), { type: 'module', name: 'train' });
}

/** A client whose worker is started by its first call, and anew after a crash. */
export function createTrainClient({ makeWorker = makeTrainWorker }: TrainClientOptions = {}): TrainClient {
  let running: { readonly worker: Worker; readonly connection: Connection<TrainOps> } | null = null;
  let closed = false;

  function connection(): Connection<TrainOps> {
    if (closed) throw new FaceError('aborted');
    if (running) return running.connection;
    const worker = makeWorker();
    const onCrash = () => {
      worker.terminate();
      running = null;
    };
    running = { worker, connection: connect<TrainOps>(worker, { onCrash }) };
    return running.connection;
  }

  return {
    async call(op, req, options) {
      return connection().call(op, req, options);
    },
    async train(options) {
      const { sink, untilEpoch, signal } = options;
      const own = 'save' in sink ? sink : null;
      const stored = await own?.latest();
      const choice: SinkChoice = 'runId' in sink ? { kind: 'store', runId: sink.runId } : { kind: 'caller' };
      const req: TrainCall = {
        sink: choice,
        ...(stored && { checkpoint: stored }),
        ...(untilEpoch !== undefined && { untilEpoch }),
      };
      const wire = connection();
      const onProgress = (progress: TrainProgress) => {
        if (progress.kind === 'step') options.onStep?.(progress.report);
        else if (progress.kind === 'stage') options.onStage?.(progress.progress);
        else if (progress.kind === 'recovered') options.onRecovered?.(progress.step);
        // What goes wrong on the way of a save is told to the worker, whose `train` then rejects with it.
        else if (own) void handOver(wire, own, progress.number).catch(() => {});
      };
      return wire.call('train', req, { onProgress, ...(signal && { signal }) });
    },
    async pause() {
      if (running) await running.connection.call('pause', {});
    },
    close() {
      closed = true;
      running?.connection.close(new FaceError('aborted'));
      running?.worker.terminate();
      running = null;
    },
  };
}

/** Brings a checkpoint from the worker to the sink, and the sink's answer back. */
async function handOver(wire: Connection<TrainOps>, sink: CheckpointSink, number: number): Promise<void> {
  try {
    await sink.save(await wire.call('takeCheckpoint', { number }));
  } catch (thrown) {
    const { code, details } = toFaceError(thrown);
    await wire.call('checkpointSaved', { number, error: { code, details } });
    return;
  }
  await wire.call('checkpointSaved', { number });
}
