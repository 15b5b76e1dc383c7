import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import threadedScript from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?url';
import { wasmWorkerContents } from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js';
import singleScript from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js?url';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../core/types';
import { importAmdScript } from './amdScript';
import { TFJS_WASM_PATHS } from './engineUrls';

/** What we use of Emscripten's module. */
interface EmscriptenModule {
  readonly HEAPU8: Uint8Array;
  /** In the threaded module only. */
  readonly PThread?: { readonly unusedWorkers: Worker[] };
  cwrap(name: string, returns: 'number' | null, args: readonly 'number'[]): (...numbers: number[]) => number;
}
type ModuleFactory = (settings: Record<string, unknown>) => Promise<EmscriptenModule>;

/** The threaded module starts 8 workers, and would wait forever for a thread without one. */
const MOST_THREADS = 8;

/**
 * Registers the backend `wasm` with `threads` threads where the page is cross-origin isolated, and one elsewhere. The
 * package's own start passes the text of a function to its threads, which fails once minified; here its files are loaded
 * unchanged.
 */
export async function registerWasmBackend(threads: number): Promise<{ threads: number; bytes: () => number }> {
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  const used = simd && globalThis.crossOriginIsolated ? Math.max(1, Math.min(threads, MOST_THREADS)) : 1;
  const build = used > 1 ? 'threaded-simd' : simd ? 'simd' : undefined;
  const module = await startModule(
    used > 1 ? threadedScript : singleScript,
    TFJS_WASM_PATHS[build ? (`tfjs-backend-wasm-${build}.wasm` as const) : 'tfjs-backend-wasm.wasm'],
  );
  replaceBackend('wasm', () => {
    setThreadsCount(used);
    const backend = new BackendWasm(module as unknown as BackendWasm['wasm']);
    for (const spare of module.PThread?.unusedWorkers.splice(0) ?? []) spare.terminate();
    return backend;
  });
  return { threads: used, bytes: () => module.HEAPU8.buffer.byteLength };
}

/** Registers a backend, replacing one of that name: the package's own, or an ended one. */
export function replaceBackend(name: BackendName, create: () => tf.KernelBackend): void {
  // Undefined where there is none, for which removeBackend throws.
  const present = tf.findBackendFactory(name) as (() => unknown) | undefined;
  if (present) tf.removeBackend(name);
  tf.registerBackend(name, create);
}

async function startModule(scriptUrl: string, wasmUrl: string): Promise<EmscriptenModule> {
  // Absolute, because threads start from a blob, against which nothing else resolves.
  const script = new URL(scriptUrl, location.href).href;
  const wasm = new URL(wasmUrl, location.href).href;
  // In the package's template literal the worker's `\n` has become a line break within a string.
  const workerText = wasmWorkerContents.replaceAll('\n', '\\n');
  const worker = URL.createObjectURL(new Blob([workerText], { type: 'text/javascript' }));
  try {
    const factory = (await importAmdScript(script)) as ModuleFactory;
    const module = await factory({
      locateFile: (path: string) => (path.endsWith('.wasm') ? wasm : worker),
      mainScriptUrlOrBlob: script,
    });
    return Object.assign(module, { tfjs: backendFunctions(module) });
  } finally {
    URL.revokeObjectURL(worker);
  }
}

/** The functions that the package's own start adds for `BackendWasm`. */
function backendFunctions(module: EmscriptenModule) {
  return {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
}
