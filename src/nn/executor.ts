import type { BackendName, EngineMemory, EngineName, Precision } from '../core/types';
import type { Weights } from '../core/weights';
import type { Graph } from './graph';

/** A network ready to run: the one interface that pipeline code sees. Arrays in, arrays out, rows first. */
export interface Executor {
  readonly engine: EngineName;
  readonly backend: BackendName;
  /** The GPU adapter's name, `null` on WASM. */
  readonly adapter: string | null;
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShapes: readonly (readonly number[])[];
  /** One array for each input node, in order; throws `nn/bad-input` for a wrong length. Calls must not overlap. */
  run(inputs: readonly Float32Array[]): Promise<Float32Array[]>;
  /** Frees all memory; the executor cannot be used afterwards. */
  dispose(): void;
}

/** `prepare` folds batch norms, compiles the graph with the weights it names, and owns the result until `dispose`. */
export interface Engine {
  readonly name: EngineName;
  readonly backend: BackendName;
  readonly adapter: string | null;
  /** True when the adapter is the CPU in disguise (SwiftShader and the like). */
  readonly softwareAdapter: boolean;
  readonly threads: number;
  prepare(graph: Graph, weights: Weights, options?: { readonly precision?: Precision }): Promise<Executor>;
  memory(): EngineMemory;
  /** Called once when a WebGPU device is lost. */
  onLost(callback: (reason: string) => void): void;
  dispose(): void;
}
