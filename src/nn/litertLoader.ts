import type { LiteRt } from '@litertjs/core';
import { importAmdScript } from './amdScript';
import { LITERT_BUILDS, type LiteRtBuild } from './engineUrls';
import { LiteRtThreads, withStock } from './litertThreads';

/** LiteRT's C++ API as its WASM module exports it; the package's own JavaScript is a thin layer over the same calls. */
export type LiteRtModule = LiteRt['liteRtWasm'];

type ModuleFactory = (settings: Record<string, unknown>) => Promise<LiteRtModule>;

// (module (func (result v128) (i8x16.relaxed_swizzle (i8x16.splat (i32.const 1)) (i8x16.splat (i32.const 2)))))
const RELAXED_SIMD = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15,
  253, 128, 2, 11,
];

/** The fastest build that this browser can run: threads need cross-origin isolation, and relaxed SIMD here. */
export function bestBuild(threads: number): LiteRtBuild {
  if (!WebAssembly.validate(new Uint8Array(RELAXED_SIMD))) return 'compat';
  return globalThis.crossOriginIsolated && threads > 1 ? 'threaded' : 'single';
}

/** LiteRT's WASM module as one engine has it. */
export interface LoadedLiteRt {
  readonly module: LiteRtModule;
  readonly threads: LiteRtThreads;
  /** Size of the module's memory; it never shrinks. */
  wasmBytes(): number;
}

/**
 * Instantiates LiteRT's WASM module in a page or a module worker. The package's own loader calls `importScripts`, allows one
 * module a thread and always requests a WebGPU adapter. Its classic script passes its factory to an AMD `define`.
 */
export async function loadLiteRtModule(build: LiteRtBuild, threadCount: number): Promise<LoadedLiteRt> {
  const script = new URL(LITERT_BUILDS[build].script, location.href).href;
  const wasm = new URL(LITERT_BUILDS[build].wasm, location.href).href;
  const factory = (await importAmdScript(script)) as ModuleFactory;
  // 128 MiB to 2 GiB instead of the script's initial 16: detector and embedder need about that much, and untouched pages cost
  // nothing. Created here so that its size can be read.
  const memory = build === 'threaded' && new WebAssembly.Memory({ initial: 2048, maximum: 32768, shared: true });
  const settings = {
    locateFile: () => wasm,
    mainScriptUrlOrBlob: script,
    print: ignore,
    printErr: ignore,
    ...(memory && { wasmMemory: memory }),
  };
  const threads = new LiteRtThreads();
  try {
    const module = await threads.running(() => withStock(threadCount - 1, () => factory(settings)));
    return { module, threads, wasmBytes: () => (memory || module.HEAPU8).buffer.byteLength };
  } catch (error) {
    threads.terminate();
    throw error;
  }
}

// The module logs each step of each compilation; failures reach the caller as exceptions.
function ignore(): void {}
