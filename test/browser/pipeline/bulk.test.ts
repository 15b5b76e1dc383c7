import { afterAll, beforeAll, expect, test } from 'vitest';
import { euclidean, l2Normalise } from '../../../src/core/vectors';
import type { Engine } from '../../../src/nn/executor';
import { createLiteRtEngine } from '../../../src/nn/litert';
import type { BulkOptions, NamedPicture } from '../../../src/pipeline/bulk';
import { createPipeline, type Pipeline } from '../../../src/pipeline/recognise';
import { DLIB, FACENET, MTCNN } from '../../../src/weights/rows';
import { modelWeights, needsShared, sampleBlob } from './support';

let engine: Engine;
let pictures: NamedPicture[];
beforeAll(async () => {
  engine = await createLiteRtEngine({ backend: 'wasm' });
  pictures = await Promise.all(
    ['portraits/susan-helms.jpg', 'sts-106-crew.jpg'].map(async (name) => ({ picture: await sampleBlob(name), name })),
  );
});
afterAll(() => {
  engine.dispose();
});

async function openPipeline(row: typeof FACENET): Promise<Pipeline> {
  const [detectorWeights, embedderWeights] = [await modelWeights(MTCNN), await modelWeights(row, 'int8')];
  return createPipeline({ engine, detectorWeights, embedderRow: row, embedderWeights, precision: 'int8' });
}

test.for([DLIB, FACENET])(
  'of several margins and crops the embedding is the mean of each one’s, with $id',
  async (row, context) => {
    if (!row.npm) await needsShared(context, `models/${row.sources[0]!.path}`);
    const pipeline = await openPipeline(row);
    const embed = (options: Partial<BulkOptions>) =>
      pipeline.embedFaces(pictures, { crops: ['facenet'], mirror: true, noFace: 'skip', ...options });
    const [usual, narrow, wide, both, turned, three] = [
      await embed({}),
      await embed({ margins: [16] }),
      await embed({ margins: [32] }),
      await embed({ margins: [16, 32] }),
      await embed({ crops: ['similarity'] }),
      await embed({ crops: ['facenet', 'similarity'], margins: [16, 32] }),
    ];
    for (const i of pictures.keys()) {
      expect(wide[i]).toEqual(usual[i]);
      for (const side of ['vector', 'mirrored'] as const) {
        const [a, b] = [narrow[i]![side]!, wide[i]![side]!];
        expect(euclidean(a, b)).toBeGreaterThan(0.01);
        const mean = a.map((value, k) => (value + b[k]!) / 2);
        expect(euclidean(both[i]![side]!, row.normalised ? l2Normalise(mean) : mean)).toBeLessThan(1e-6);
        const [upright, two] = [turned[i]![side]!, three[i]![side]!];
        const all = a.map((value, k) => (value + b[k]! + upright[k]!) / 3);
        expect(euclidean(two, row.normalised ? l2Normalise(all) : all)).toBeLessThan(1e-6);
      }
    }
    await pipeline.dispose();
  },
);

test('margins of a crop that has none are refused, and an empty list', async () => {
  const pipeline = await openPipeline(DLIB);
  for (const options of [
    { margins: [16] },
    { crops: ['similarity'], margins: [16] },
    { crops: ['facenet'], margins: [] },
  ] as const)
    await expect(pipeline.embedFaces(pictures, { noFace: 'skip', ...options })).rejects.toMatchObject({
      code: 'config/bad-value',
      message: expect.stringContaining('only the facenet crop has a margin') as string,
    });
  await pipeline.dispose();
});
