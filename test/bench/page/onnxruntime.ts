import type * as Ort from 'onnxruntime-web';

/** An ONNX model in onnxruntime-web's WASM backend, as its documentation sets it up for speed. */
export interface OnnxPeer {
  /** `input` is [n, c, h, w]; resolves to the first output. */
  run(input: Float32Array, shape: readonly number[]): Promise<Float32Array>;
}

export async function loadOnnx(model: Uint8Array, threads: number): Promise<OnnxPeer> {
  const address = '/@peers/onnxruntime/ort.wasm.min.mjs';
  const ort = (await import(/* @vite-ignore */ address)) as typeof Ort;
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = '/@peers/onnxruntime/';
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
  return {
    run: async (input, shape) => {
      const feeds = { [session.inputNames[0]!]: new ort.Tensor('float32', input, shape) };
      return (await session.run(feeds))[session.outputNames[0]!]!.data as Float32Array;
    },
  };
}
