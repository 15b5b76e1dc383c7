/**
 * Addresses of the engines' own files, valid in the dev server, in test pages and in a build at any path, for pages and
 * workers: Vite copies the files of `?url` imports unchanged.
 */
import compatScript from '@litertjs/core/wasm/litert_wasm_compat_internal.js?url';
import compatWasm from '@litertjs/core/wasm/litert_wasm_compat_internal.wasm?url';
import singleScript from '@litertjs/core/wasm/litert_wasm_internal.js?url';
import singleWasm from '@litertjs/core/wasm/litert_wasm_internal.wasm?url';
import threadedScript from '@litertjs/core/wasm/litert_wasm_threaded_internal.js?url';
import threadedWasm from '@litertjs/core/wasm/litert_wasm_threaded_internal.wasm?url';
import tfjsSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import tfjsThreaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import tfjsPlain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';

/** LiteRT.js's builds: with threads and relaxed SIMD, with relaxed SIMD alone, with plain SIMD. */
export const LITERT_BUILDS = {
  threaded: { script: threadedScript, wasm: threadedWasm },
  single: { script: singleScript, wasm: singleWasm },
  compat: { script: compatScript, wasm: compatWasm },
} as const;
export type LiteRtBuild = keyof typeof LITERT_BUILDS;

/** The argument of `setWasmPaths` of `@tensorflow/tfjs-backend-wasm`. */
export const TFJS_WASM_PATHS = {
  'tfjs-backend-wasm.wasm': tfjsPlain,
  'tfjs-backend-wasm-simd.wasm': tfjsSimd,
  'tfjs-backend-wasm-threaded-simd.wasm': tfjsThreaded,
} as const;
