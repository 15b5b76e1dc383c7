/** Packages of the browser, prepared by Vite at the start: one found later breaks the pages that are loading. */
export const BROWSER_PACKAGES = [
  '@litertjs/core',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-core/dist/register_all_gradients',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js',
  '@tensorflow/tfjs-backend-webgpu',
  'flatbuffers',
  'fflate',
  'idb',
  'valibot',
];
