import { expect, test } from 'vitest';
import { MODELS } from '../../../src/weights/rows';
import { assertGolden, checkFace, embeddingError } from '../../../workers/embedderCheck';
import golden from '../../../workers/embedderCheck.json';

test('every embedder of the registry has its golden numbers', () => {
  for (const row of MODELS)
    if (row.kind === 'embedder') expect(golden).toHaveProperty([row.id, 'length'], row.embeddingSize);
});

test('the golden numbers themselves pass; not a number, another model and another length do not', () => {
  const modelId = 'dlib-resnet-v1';
  const vector = Float32Array.from(golden[modelId]);
  expect(embeddingError({ modelId, vector })).toBeLessThan(1e-6);
  assertGolden({ modelId, vector }, 'float32', 'WASM');
  for (const wrong of [
    { modelId, vector: vector.map(() => NaN) },
    { modelId, vector: vector.map((value) => value * 1.003) },
    { modelId, vector: vector.slice(1) },
    { modelId: 'unknown', vector },
  ])
    expect(() => assertGolden(wrong, 'float32', 'WASM')).toThrow(/wrong numbers/);
});

test('the drawn face is opaque, of the size asked for, and has dark eyes in light skin', () => {
  const { data, width, height } = checkFace(100);
  expect([width, height, data.length]).toEqual([100, 100, 40_000]);
  const at = (x: number, y: number) => [...data.subarray(4 * (100 * y + x), 4 * (100 * y + x) + 4)];
  expect(at(33, 44)).toEqual([60, 50, 50, 255]);
  expect(at(50, 36)).toEqual([205, 160, 135, 255]);
  expect(at(0, 99)).toEqual([128, 132, 140, 255]);
});
