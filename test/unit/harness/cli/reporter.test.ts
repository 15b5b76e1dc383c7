import { expect, test, vi } from 'vitest';
import type { EngineState } from '../../../../src/client/types';
import { engineLine, Reporter } from '../../../../src/harness/cli/reporter';

const state: EngineState = {
  model: 'facenet-20180402-114759',
  engine: 'litert',
  backend: 'wasm',
  precision: 'int8',
  adapter: null,
  softwareAdapter: false,
  threads: 2,
  threshold: 0.7641,
  plainThreshold: 0.9492,
  twiceDistance: 0.5,
  far: 1e-3,
  crop: 'facenet',
  cohort: null,
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

test('lines for people hold no orders to the terminal; the JSON is as it is', () => {
  const out: string[] = [];
  const keep = (text: unknown) => out.push(String(text)) > 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  try {
    new Reporter(false).line('\u001b[2J.jpg');
    new Reporter(false).note('\u009b2J.jpg');
    new Reporter(true).object({ path: '\u001b[2J.jpg' });
  } finally {
    vi.restoreAllMocks();
  }
  expect(out).toEqual(['\ufffd[2J.jpg\n', '\ufffd2J.jpg\n', '{"path":"\\u001b[2J.jpg"}\n']);
});
