import { expect, test } from 'vitest';
import type { EngineState } from '../../../../src/client/types';
import { engineLine } from '../../../../src/harness/cli/report';

const state: EngineState = {
  model: 'facenet-20180402-114759',
  engine: 'litert',
  backend: 'wasm',
  precision: 'int8',
  adapter: null,
  softwareAdapter: false,
  threads: 2,
  threshold: 0.9492,
  far: 1e-3,
  crop: 'facenet',
  embeddingSize: 128,
  notes: [],
};

test('the engine line says model, precision, engine, backend and threads', () => {
  expect(engineLine(state)).toBe('facenet-20180402-114759, int8, LiteRT.js on WASM (2 threads)');
});

test('the engine line names the adapter, and says when it is the CPU', () => {
  const webgpu = { ...state, engine: 'tfjs', backend: 'webgpu', precision: 'float16', adapter: 'google swiftshader' };
  expect(engineLine({ ...webgpu, softwareAdapter: true } as EngineState)).toBe(
    'facenet-20180402-114759, float16, TensorFlow.js on WebGPU (google swiftshader, computed on the CPU: slow)',
  );
});
