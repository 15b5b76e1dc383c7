import { describe, expect, test } from 'vitest';
import type { FaceCrop, Precision } from '../../../src/core/types';
import type { Weights } from '../../../src/core/weights';
import type { Engine } from '../../../src/nn/executor';
import { createLiteRtEngine } from '../../../src/nn/litert';
import { createTfjsEngine } from '../../../src/nn/tfjs';
import { createEmbedder } from '../../../src/pipeline/embed';
import type { EmbedderRow } from '../../../src/weights/registry';
import { DLIB, FACENET } from '../../../src/weights/rows';
import { assertGolden, checkFace, embeddingError } from '../../../workers/embedderCheck';
import { modelWeights, needsShared } from '../pipeline/support';

function crop(size: number): FaceCrop {
  const { data } = checkFace(size);
  return { size, data: new Float32Array(3 * size * size).map((_, i) => data[Math.floor(i / 3) * 4 + (i % 3)]!) };
}
async function embedCheckFace(engine: Engine, row: EmbedderRow, weights: Weights, precision: Precision) {
  const embedder = await createEmbedder(engine, row, weights, precision);
  const [embedding] = await embedder.embed([crop(row.inputSize)]);
  embedder.dispose();
  return embedding!;
}

describe.each([
  [DLIB, null],
  [FACENET, `models/${FACENET.sources[0]!.path}`],
])('$id', (row, needed) => {
  test('the golden numbers hold on both engines, in every precision', async (context) => {
    if (needed) await needsShared(context, needed);
    for (const create of [createLiteRtEngine, createTfjsEngine]) {
      const engine = await create({ backend: 'wasm' });
      const errors: Record<string, number> = {};
      for (const precision of ['float32', 'float16', 'int8'] as const) {
        const embedding = await embedCheckFace(engine, row, await modelWeights(row, precision), precision);
        errors[precision] = embeddingError(embedding);
        assertGolden(embedding, precision, engine.name);
      }
      console.log(`${row.id} ${engine.name}: ${JSON.stringify(errors)}`);
      expect(errors['float32']).toBeLessThan(5e-4);
      engine.dispose();
    }
  });

  test('one convolution out by a tenth is noticed', async (context) => {
    if (needed) await needsShared(context, needed);
    const engine = await createLiteRtEngine({ backend: 'wasm' });
    const weights = new Map(await modelWeights(row));
    const [name, kernel] = [...weights].find(([, { shape }]) => shape.length === 4)!;
    if (kernel.dtype === 'float32') weights.set(name, { ...kernel, data: kernel.data.map((value) => value * 1.1) });
    const embedding = await embedCheckFace(engine, row, weights, 'float32');
    expect(() => assertGolden(embedding, 'float32', 'LiteRT')).toThrow(/LiteRT gives wrong numbers/);
    engine.dispose();
  });
});
