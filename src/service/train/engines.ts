import { createEngine } from '../../backend/createEngine';
import { withRecovery } from '../../backend/recovery';
import { toFaceError } from '../../core/errors';
import type { BackendName } from '../../core/types';
import type { Engine } from '../../nn/executor';
import { adapterKind } from '../../nn/litertGpu';
import { registerWasmKernels } from '../../train/wasmKernels';

export interface TrainStart {
  /** `auto` (default): WebGPU where there is a real GPU, else WASM. */
  readonly backend?: BackendName | 'auto';
  /** On WASM, at most; default all cores. */
  readonly threads?: number;
  /** Where model files lie; default the page's `models/`. */
  readonly modelsUrl?: string;
}

/** What training really runs on. */
export interface TrainEngine {
  readonly backend: BackendName;
  readonly adapter: string | null;
  readonly softwareAdapter: boolean;
  readonly threads: number;
  /** Sentences for the user about choices that were not as asked. */
  readonly notes: readonly string[];
}

/** What differentiates (tfjs) and what runs the frozen part and the finished network (LiteRT.js, else tfjs too). */
export interface TrainEngines {
  readonly state: TrainEngine;
  tfjs: Engine;
  /** Started by the first call. */
  inference(): Promise<Engine>;
  /** Restarts tfjs after its device was lost; its tensors are gone. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

/** Throws `backend/unavailable`. With `auto`, a GPU that does not start is reported in a note, and WASM is used. */
export async function openTrainEngines({ backend = 'auto', threads }: TrainStart): Promise<TrainEngines> {
  const notes: string[] = [];
  const first: BackendName = backend === 'auto' ? ((await adapterKind()) === 'hardware' ? 'webgpu' : 'wasm') : backend;
  try {
    return await open(first, threads, notes);
  } catch (thrown) {
    if (backend !== 'auto' || first === 'wasm') throw thrown;
    notes.push(toFaceError(thrown).message);
    return open('wasm', threads, notes);
  }
}

async function open(backend: BackendName, threads: number | undefined, notes: string[]): Promise<TrainEngines> {
  const startTfjs = () => createEngine({ engine: 'tfjs', backend }, threads);
  const tfjs = await startTfjs();
  registerWasmKernels();
  const startLiteRt = () => createEngine({ engine: 'litert', backend }, threads);
  const startInference = async () => {
    try {
      return backend === 'webgpu' ? withRecovery(await startLiteRt(), startLiteRt) : await startLiteRt();
    } catch (thrown) {
      notes.push(toFaceError(thrown).message);
      return withRecovery(await startTfjs(), startTfjs);
    }
  };
  let inference: Promise<Engine> | null = null;
  const { adapter, softwareAdapter } = tfjs;
  const engines: TrainEngines = {
    state: { backend, adapter, softwareAdapter, threads: tfjs.threads, notes },
    tfjs,
    inference: () => (inference ??= startInference()),
    async restart() {
      engines.tfjs.dispose();
      engines.tfjs = await startTfjs();
    },
    async dispose() {
      engines.tfjs.dispose();
      (await inference)?.dispose();
    },
  };
  return engines;
}
