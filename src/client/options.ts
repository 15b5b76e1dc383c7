/** What a FaceNet may be created with. */
import type { ModelFileRef, StartOptions } from '../../workers/protocol';
import type { RemoteCallOptions } from '../../workers/rpc';
import type { Progress } from '../core/call';

/** What is left out is chosen by the worker, for the device and by the models that are there. */
export interface FaceNetOptions extends Pick<StartOptions, 'backend' | 'engine' | 'threads' | 'far'> {
  /** Where the model files lie; default the page's `models/`. */
  readonly models?: string | URL | undefined;
  /** The embedder: an id of the registry or of a model trained on this device, or the file of one that was trained. */
  readonly embedder?: string | ModelFileRef | undefined;
  readonly precision?: StartOptions['precision'] | 'auto';
  /** Keep the model files and the engine in browser storage, so that the next start needs no network. */
  readonly offline?: boolean | undefined;
}

export interface StartCall extends FaceNetOptions, RemoteCallOptions<Progress> {}

/** Which workers a FaceNet starts: for bundlers and CDNs that cannot start those of this package. */
export interface WorkerOptions {
  readonly worker?: (() => Worker) | undefined;
  readonly trainWorker?: (() => Worker) | undefined;
}

/** As the operation `start` takes them. */
export function startRequest({
  models,
  embedder,
  precision,
  offline,
  backend,
  engine,
  threads,
  far,
}: FaceNetOptions): StartOptions {
  return {
    ...(backend !== undefined && { backend }),
    ...(engine !== undefined && { engine }),
    ...(threads !== undefined && { threads }),
    ...(far !== undefined && { far }),
    ...(models !== undefined && { modelsUrl: String(models) }),
    ...(typeof embedder === 'string' ? { model: embedder } : embedder && { modelFile: embedder }),
    ...(precision !== undefined && precision !== 'auto' && { precision }),
    ...(offline !== undefined && { keepForOffline: offline }),
  };
}
