/**
 * The packages that run in the browser, for Vite to prepare before the first page is served: one met later makes it
 * prepare everything again, while a page or worker that is loading asks for files that no longer exist.
 */
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
  'modern-tar',
  'valibot',
];
