import { expect, test } from 'vitest';
import { MODELS } from '../../../../src/weights/registry';
import { checkFace } from '../../../../src/core/checkFace';
import { assertDetected, assertGolden, embeddingError } from '../../../../src/service/face/selfTest';
import golden from '../../../../src/service/face/selfTest.json';

test('every file of every embedder of the registry has its golden numbers', () => {
  for (const row of MODELS)
    if (row.kind === 'embedder')
      for (const precision of Object.keys(row.files))
        expect(golden).toHaveProperty([row.id, precision, 'length'], row.embeddingSize);
});

test('the golden numbers themselves pass; not a number, another model and another length do not', () => {
  const modelId = 'mobilefacenet-192';
  const choice = { engine: 'litert', backend: 'wasm' } as const;
  const vector = Float32Array.from(golden[modelId].float16);
  expect(embeddingError({ modelId, vector }, 'float16')).toBeLessThan(1e-6);
  assertGolden({ modelId, vector }, 'float16', choice);
  for (const wrong of [
    { modelId, vector: vector.map(() => NaN) },
    { modelId, vector: vector.map((value) => value * 1.003) },
    { modelId, vector: vector.slice(1) },
    { modelId: 'unknown', vector },
  ])
    expect(() => assertGolden(wrong, 'float16', choice)).toThrow(/LiteRT.js on WASM with .* gives wrong numbers/);
});

test('the drawn face must be found where it is, once', () => {
  const choice = { engine: 'litert', backend: 'webgpu' } as const;
  const point = { x: 1, y: 1 };
  const at = (x0: number) => ({
    box: { x0, y0: 9, x1: 66, y1: 77 },
    score: 1,
    points: [point, point, point, point, point] as const,
  });
  assertDetected([at(12)], choice);
  for (const wrong of [[], [at(12), at(12)], [at(20)], [at(NaN)]])
    expect(() => assertDetected(wrong, choice)).toThrow(/LiteRT.js on WebGPU with mtcnn gives wrong numbers/);
});

test('the drawn face is opaque, of the size asked for, and has dark eyes in light skin', () => {
  const { data, width, height } = checkFace(100);
  expect([width, height, data.length]).toEqual([100, 100, 40_000]);
  const at = (x: number, y: number) => [...data.subarray(4 * (100 * y + x), 4 * (100 * y + x) + 4)];
  expect(at(33, 44)).toEqual([60, 50, 50, 255]);
  expect(at(50, 36)).toEqual([205, 160, 135, 255]);
  expect(at(0, 99)).toEqual([128, 132, 140, 255]);
});
