import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RgbaImage } from '../../../../src/core/types';
import { cosine } from '../../../../src/core/vectors';
import type { Engine } from '../../../../src/nn/executor';
import { createLiteRtEngine } from '../../../../src/nn/litert';
import { decodePicture } from '../../../../src/pipeline/decode';
import { packGallery } from '../../../../src/pipeline/gallery';
import { plainMatching } from '../../../fixtures/matching';
import { createPipeline } from '../../../../src/pipeline/recognise';
import { resizeImage } from '../../../../src/pipeline/resize';
import { MOBILE_FACE_NET, FACENET, MTCNN } from '../../../../src/weights/registry';
import { modelWeights, needsShared, sampleBlob } from '../support';

let engine: Engine;
beforeAll(async () => {
  engine = await createLiteRtEngine({ backend: 'wasm' });
});
afterAll(() => {
  engine.dispose();
});

async function pixels(sample: string): Promise<RgbaImage> {
  const frame = await decodePicture(await sampleBlob(sample), sample);
  const image = frame.reduced(2000);
  frame.close();
  return image;
}

/** `sample` without the parts left of, above, right of and below the given shares. */
async function cutPicture(sample: string, [x0, y0, x1, y1]: readonly number[]): Promise<RgbaImage> {
  const frame = await decodePicture(await sampleBlob(sample), sample);
  const { width, height } = frame;
  const part = frame.region({ x0: width * x0!, y0: height * y0!, x1: width * x1!, y1: height * y1! });
  frame.close();
  return part;
}

const PICTURES: readonly (readonly [string, () => Promise<RgbaImage>])[] = [
  ['a portrait', () => pixels('portraits/edward-lu.jpg')],
  ['ten faces', () => pixels('expedition-2-and-3-crews.jpg')],
  ['faces of 30 pixels', () => pixels('expedition-1-golden-key.jpg')],
  [
    'a face larger than is kept',
    async () => {
      const small = await pixels('portraits/susan-helms.jpg');
      return resizeImage(small, small.width * 3, small.height * 3);
    },
  ],
  ['a face at the left border', () => cutPicture('portraits/edward-lu.jpg', [0.35, 0, 1, 1])],
  ['a face at the right and upper border', () => cutPicture('portraits/susan-helms.jpg', [0, 0.15, 0.72, 1])],
];

describe.for([
  ['FaceNet', FACENET, 'float32'],
  ['the embedded model', MOBILE_FACE_NET, 'float16'],
] as const)('%s', ([, row, precision]) => {
  test(
    'a stored crop gives the embedding that the picture gave: cosine ≥ .99',
    { timeout: 200_000 },
    async (context) => {
      if (!row.npm) await needsShared(context, `models/${row.sources[0]!.path}`);
      const pipeline = await createPipeline({
        engine,
        detectorWeights: await modelWeights(MTCNN),
        embedderRow: row,
        embedderWeights: await modelWeights(row, precision),
      });
      const matching = plainMatching(packGallery([], row.id), row.threshold);
      for (const [what, make] of PICTURES) {
        const { faces } = await pipeline.recognise(
          { picture: await make(), options: { keepCrops: true } },
          { matching },
        );
        const sure = faces.filter(({ detection }) => detection.score > 0.95);
        expect(sure.length, what).toBeGreaterThan(0);
        const again = await pipeline.embedStored(sure.map(({ crop }) => crop!));
        const likeness = sure.map(({ embedding }, i) => cosine(embedding.vector, again[i]!.vector));
        console.log(`${row.id}, ${what}: ${likeness.map((value) => value.toFixed(4)).join(' ')}`);
        expect(Math.min(...likeness), what).toBeGreaterThanOrEqual(0.99);
        for (const { crop, detection } of sure) {
          const bitmap = await createImageBitmap(crop!.picture);
          expect(Math.max(bitmap.width, bitmap.height)).toBeLessThanOrEqual(400);
          const { x0, x1 } = crop!.detection.box;
          expect((x1 - x0) / crop!.scale).toBeCloseTo(detection.box.x1 - detection.box.x0, 0);
          bitmap.close();
        }
      }
      pipeline.dispose();
    },
  );
});
