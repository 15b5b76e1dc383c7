import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { cosine, euclidean } from '../../../src/core/vectors';
import type { BackendName, Precision } from '../../../src/core/types';
import { inceptionResnetV1 } from '../../../src/models/inceptionResnetV1';
import type { Engine } from '../../../src/nn/executor';
import { createLiteRtEngine } from '../../../src/nn/litert';
import { createTfjsEngine } from '../../../src/nn/tfjs';
import { FACENET } from '../../../src/weights/registry';
import { modelWeights, needsShared, sharedBlob } from '../pipeline/support';

/** Euclidean distances that facenet-pytorch's tests publish. */
const PUBLISHED = [
  ['angelina_jolie', 'bradley_cooper', 1.48177],
  ['angelina_jolie', 'kate_siegel', 0.866562],
  ['paul_rudd', 'shea_whigham', 1.096777],
] as const;
const NAMES = [...new Set(PUBLISHED.flatMap(([a, b]) => [a, b]))];

async function input(name: string): Promise<Float32Array> {
  const bitmap = await createImageBitmap(await sharedBlob(`golden/aligned/${name}.png`), {
    colorSpaceConversion: 'none', // the published distances are of the numbers in the file
  });
  const context = new OffscreenCanvas(160, 160).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, 160, 160);
  return Float32Array.from({ length: 160 * 160 * 3 }, (_, i) => (data[Math.floor(i / 3) * 4 + (i % 3)]! - 127.5) / 128);
}

/** Embeddings by name, one call each. */
async function embed(
  engine: Engine,
  precision: Precision,
  names: readonly string[],
): Promise<Map<string, Float32Array>> {
  const executor = await engine.prepare(
    inceptionResnetV1({ batch: 1, folded: true }),
    await modelWeights(FACENET, precision),
    { precision },
  );
  const embeddings = new Map<string, Float32Array>();
  for (const name of names) embeddings.set(name, (await executor.run([await input(name)]))[0]!);
  executor.dispose();
  return embeddings;
}

function distanceErrors(embeddings: ReadonlyMap<string, Float32Array>): number[] {
  const pairs = PUBLISHED.filter(([a, b]) => embeddings.has(a) && embeddings.has(b));
  return pairs.map(([a, b, published]) => Math.abs(euclidean(embeddings.get(a)!, embeddings.get(b)!) - published));
}

const ENGINES = { litert: createLiteRtEngine, tfjs: createTfjsEngine } as const;
const CASES: readonly [keyof typeof ENGINES, BackendName, Precision, number, number][] = [
  ['litert', 'wasm', 'float32', 3, 1e-4],
  ['litert', 'wasm', 'float16', 3, 5e-4],
  // The software adapter takes seconds for a face. All three in float32: the command line's compare.spec.ts.
  ['litert', 'webgpu', 'float32', 1, 1e-4],
  ['litert', 'webgpu', 'float16', 1, 5e-4],
  ['tfjs', 'wasm', 'float32', 3, 1e-4],
  ['tfjs', 'webgpu', 'float32', 1, 1e-4],
];

describe('the published FaceNet distances', () => {
  test.for(CASES)(
    '%s on %s with %s weights: %d of them within %f',
    { timeout: 300_000 }, // a face takes seconds where WebGPU is the CPU in disguise
    async ([name, backend, precision, pairs, bound], context) => {
      await needsShared(context, 'models/facenet-20180402-114759/SHA256SUMS');
      const engine = await ENGINES[name]({ backend }).catch((error: unknown) => {
        if (backend === 'wasm' || inject('expectWebgpu')) throw error;
        return context.skip('no WebGPU here');
      });
      try {
        const names = [...new Set(PUBLISHED.slice(0, pairs).flatMap(([a, b]) => [a, b]))];
        const errors = distanceErrors(await embed(engine, precision, names));
        console.info(
          `${name} ${backend} ${precision}: distances off by at most ${Math.max(...errors).toExponential(1)}`,
        );
        expect(errors).toHaveLength(pairs);
        expect(Math.max(...errors)).toBeLessThan(bound);
      } finally {
        engine.dispose();
      }
    },
  );
});

describe('coarser weights on WASM', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createLiteRtEngine({ backend: 'wasm' });
  });
  afterAll(() => engine.dispose());

  test('keep each embedding within a cosine of .99999 (float16) and .995 (int8) to float32', async (context) => {
    await needsShared(context, 'models/facenet-20180402-114759/SHA256SUMS');
    const exact = await embed(engine, 'float32', NAMES);
    const half = await embed(engine, 'float16', NAMES);
    for (const name of NAMES) expect(cosine(exact.get(name)!, half.get(name)!), name).toBeGreaterThan(0.99999);
    const rough = await embed(engine, 'int8', NAMES);
    const cosines = NAMES.map((name) => cosine(exact.get(name)!, rough.get(name)!));
    const mean = cosines.reduce((a, b) => a + b) / cosines.length;
    console.info(`int8 cosine to float32: least ${Math.min(...cosines).toFixed(4)}, mean ${mean.toFixed(4)}`);
    console.info(`int8 distances off by at most ${Math.max(...distanceErrors(rough)).toFixed(4)}`);
    expect(Math.min(...cosines)).toBeGreaterThan(0.995);
  });
});
