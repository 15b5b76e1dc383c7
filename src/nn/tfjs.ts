import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { FaceError } from '../core/errors';
import type { BackendName } from '../core/types';
import type { Weights } from '../core/weights';
import type { Engine, Executor } from './executor';
import { fold } from './fold';
import type { Graph } from './graph';
import { openGpu, type Gpu } from './litertGpu';
import { inferShapes } from './shapes';
import { runGraph, uploadWeights, type Tensors } from './tfjsOps';
import { registerWasmBackend, replaceBackend } from './tfjsWasm';

/** A tfjs backend, which belongs to the whole thread: engines of one kind share it, and the last one frees it. */
interface SharedBackend {
  readonly threads: number;
  readonly gpu: Gpu | null;
  readonly wasmBytes: () => number;
}
const shared = new Map<BackendName, { readonly ready: Promise<SharedBackend>; users: number }>();

/**
 * tfjs on WASM (`threads` at most, default all cores up to 8; one where the page is not cross-origin isolated) or on
 * WebGPU. A second engine on the same backend in the same thread shares the first one's. Throws `backend/unavailable`.
 */
export async function createTfjsEngine(options: {
  readonly backend: BackendName;
  readonly threads?: number;
}): Promise<Engine> {
  const { backend } = options;
  const { gpu, threads, wasmBytes } = await acquire(backend, options.threads ?? navigator.hardwareConcurrency);
  const executors = new Set<TfjsExecutor>();
  let disposed = false;
  return {
    name: 'tfjs',
    backend,
    adapter: gpu?.name ?? null,
    softwareAdapter: gpu?.software ?? false,
    threads,
    async prepare(graph, weights) {
      use(backend);
      const executor = new TfjsExecutor(backend, gpu, graph, weights, () => executors.delete(executor));
      executors.add(executor);
      return executor;
    },
    memory: () => ({ tensors: tf.memory().numTensors, wasmBytes: wasmBytes(), gpuBuffers: gpu?.buffers.size ?? 0 }),
    onLost(callback) {
      void gpu?.device.lost.then(({ message, reason }) => {
        if (!disposed) callback(message || reason);
      });
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      for (const executor of executors) executor.dispose();
      release(backend, gpu);
    },
  };
}

async function acquire(backend: BackendName, threads: number): Promise<SharedBackend> {
  const entry = shared.get(backend) ?? { ready: start(backend, threads), users: 0 };
  shared.set(backend, entry);
  entry.users++;
  try {
    return await entry.ready;
  } catch (error) {
    shared.delete(backend);
    if (error instanceof FaceError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FaceError('backend/unavailable', { backend, reason }, { cause: error });
  }
}

function release(backend: BackendName, gpu: Gpu | null): void {
  const entry = shared.get(backend)!;
  if (--entry.users > 0) return;
  shared.delete(backend);
  tf.removeBackend(backend);
  gpu?.device.destroy();
}

async function start(backend: BackendName, threads: number): Promise<SharedBackend> {
  // Silences tfjs's warnings, such as of backends registered twice.
  tf.env().set('PROD', true);
  if (backend === 'wasm') {
    const wasm = await registerWasmBackend(threads);
    await tf.setBackend('wasm');
    return { threads: wasm.threads, gpu: null, wasmBytes: wasm.bytes };
  }
  const gpu = await openGpu();
  replaceBackend('webgpu', () => new WebGPUBackend(gpu.device, gpu.device.adapterInfo));
  await tf.setBackend('webgpu');
  return { threads: 1, gpu, wasmBytes: () => 0 };
}

/** Makes tfjs run on `backend`, which takes effect at once for a started backend. */
function use(backend: BackendName): void {
  if (tf.getBackend() !== backend) void tf.setBackend(backend);
}

class TfjsExecutor implements Executor {
  readonly engine = 'tfjs';
  readonly adapter: string | null;
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShapes: readonly (readonly number[])[];
  private readonly graph: Graph;
  private readonly tensors: Tensors;
  private disposed = false;

  constructor(
    readonly backend: BackendName,
    private readonly gpu: Gpu | null,
    graph: Graph,
    weights: Weights,
    private readonly onDispose: () => void,
  ) {
    this.adapter = gpu?.name ?? null;
    const folded = fold(graph, weights);
    const shapes = inferShapes(folded.graph);
    this.graph = folded.graph;
    this.inputShapes = folded.graph.nodes.filter((node) => node.op === 'input').map((node) => node.shape);
    this.outputShapes = folded.graph.outputs.map((name) => shapes.get(name)!);
    this.tensors = uploadWeights(folded.graph, folded.weights);
  }

  async run(inputs: readonly Float32Array[]): Promise<Float32Array[]> {
    this.check(inputs);
    use(this.backend);
    let outputs: tf.Tensor[] = [];
    try {
      outputs = tf.tidy(() => runGraph(this.graph, this.tensors, this.upload(inputs), { free: true }));
      return await Promise.all(outputs.map((output) => output.data<'float32'>()));
    } catch (error) {
      const lost = await this.whyLost();
      if (lost !== null) throw new FaceError('backend/device-lost', { reason: lost }, { cause: error });
      throw error;
    } finally {
      tf.dispose(outputs);
    }
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    tf.dispose([...this.tensors.values()]);
    this.onDispose();
  }

  private upload(inputs: readonly Float32Array[]): tf.Tensor[] {
    return inputs.map((data, i) => tf.tensor(data, [...this.inputShapes[i]!]));
  }

  /** Why the device was lost; null when it was not. Errors caused by the loss may arrive before it. */
  private async whyLost(): Promise<string | null> {
    if (!this.gpu) return null;
    const moment = new Promise<null>((resolve) => setTimeout(resolve, 200, null));
    const lost = await Promise.race([this.gpu.device.lost, moment]);
    return lost && (lost.message || lost.reason);
  }

  private check(inputs: readonly Float32Array[]): void {
    const fail = (got: string, expected: string) =>
      new FaceError('nn/bad-input', { graph: this.graph.name, got, expected });
    if (this.disposed) throw fail('a call after its end', 'a network in memory');
    if (inputs.length !== this.inputShapes.length) throw fail(`${inputs.length} inputs`, `${this.inputShapes.length}`);
    inputs.forEach(({ length }, i) => {
      const expected = this.inputShapes[i]!.reduce((a, b) => a * b, 1);
      if (length !== expected) throw fail(`${length} numbers`, `[${this.inputShapes[i]!.join()}] = ${expected}`);
    });
  }
}
