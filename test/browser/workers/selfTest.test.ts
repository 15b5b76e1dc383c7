import { beforeEach, describe, expect, test } from 'vitest';
import { PRECISIONS, type FaceCrop, type Precision } from '../../../src/core/types';
import type { Weights } from '../../../src/core/weights';
import type { Engine } from '../../../src/nn/executor';
import { createLiteRtEngine } from '../../../src/nn/litert';
import { createTfjsEngine } from '../../../src/nn/tfjs';
import { createEmbedder } from '../../../src/pipeline/embed';
import { loadWeights } from '../../../src/weights/load';
import type { EmbedderRow } from '../../../src/weights/modelRow';
import { MOBILE_FACE_NET, FACENET } from '../../../src/weights/registry';
import { checkFace } from '../../../src/core/checkFace';
import { assertGolden, embeddingError } from '../../../src/service/face/selfTest';
import { withOneWrong } from './broken';
import { needsModels } from './models';

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
const load = (row: EmbedderRow, precision: Precision) => loadWeights(row, precision, { modelsUrl: '/models/' });

describe.each([MOBILE_FACE_NET, FACENET])('$id', (row) => {
  beforeEach((context) => needsModels(context, row.id));

  test.each([
    ['litert', createLiteRtEngine],
    ['tfjs', createTfjsEngine],
  ])('the golden numbers hold on %s, in every precision', async (name, create) => {
    const engine = await create({ backend: 'wasm' });
    const errors: Partial<Record<Precision, number>> = {};
    for (const precision of PRECISIONS) {
      if (!row.files[precision]) continue;
      const embedding = await embedCheckFace(engine, row, await load(row, precision), precision);
      errors[precision] = embeddingError(embedding, precision);
      assertGolden(embedding, precision, { engine: engine.name, backend: engine.backend });
    }
    console.log(`${row.id} ${name}: ${JSON.stringify(errors)}`);
    expect(errors.float16).toBeLessThan(2e-4);
    engine.dispose();
  });

  test.each(['float16', 'int8'] as const)('in %s one convolution out by a tenth is noticed', async (precision) => {
    const engine = await createLiteRtEngine({ backend: 'wasm' });
    const embedding = await embedCheckFace(engine, row, withOneWrong(await load(row, precision)), precision);
    const check = () => assertGolden(embedding, precision, { engine: 'litert', backend: 'wasm' });
    expect(check).toThrow(/gives wrong numbers/);
    engine.dispose();
  });
});
