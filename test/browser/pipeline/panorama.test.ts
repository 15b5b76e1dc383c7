import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GalleryFace } from '../../../src/core/types';
import type { Engine } from '../../../src/nn/executor';
import { createLiteRtEngine } from '../../../src/nn/litert';
import { packGallery } from '../../../src/pipeline/gallery';
import { plainMatching } from '../../fixtures/matching';
import { createPipeline, type Pipeline } from '../../../src/pipeline/recognise';
import { MOBILE_FACE_NET, MTCNN } from '../../../src/weights/registry';
import { modelWeights, sampleBlob } from './support';

/** Two portraits in a panorama, each `across` pixels wide, at these columns; a file, as people have it. */
async function panorama(width: number, height: number, across: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = '#808080';
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingQuality = 'high';
  for (const [name, x] of [
    ['daniel-barry', 0.21],
    ['daniel-burbank', 0.75],
  ] as const) {
    const portrait = await createImageBitmap(await sampleBlob(`portraits/${name}.jpg`));
    pen.drawImage(portrait, x * width, height / 3, across, (portrait.height * across) / portrait.width);
  }
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.6 });
}

let engine: Engine;
let pipeline: Pipeline;
beforeAll(async () => {
  engine = await createLiteRtEngine({ backend: 'wasm' });
  pipeline = await createPipeline({
    engine,
    detectorWeights: await modelWeights(MTCNN),
    embedderRow: MOBILE_FACE_NET,
    embedderWeights: await modelWeights(MOBILE_FACE_NET, 'float16'),
    precision: 'float16',
  });
});
afterAll(() => {
  pipeline.dispose();
  engine.dispose();
});

test.each([
  ['24,000×3,000', 24_000, 3000, 700, 50],
  ['9,000×1,000', 9000, 1000, 300, 20],
  ['1,000×9,000, on its side', 1000, 9000, 300, 20],
] as const)(
  'in a panorama of %s both faces are found, each once, and who they are',
  async (_, width, height, across, least) => {
    const matching = (people: readonly GalleryFace[]) =>
      plainMatching(packGallery(people, MOBILE_FACE_NET.id), MOBILE_FACE_NET.threshold);
    const portraits: GalleryFace[] = [];
    for (const person of ['daniel-barry', 'daniel-burbank']) {
      const request = { picture: await sampleBlob(`portraits/${person}.jpg`), options: { faces: 'best' } } as const;
      const { faces } = await pipeline.recognise(request, { matching: matching([]) });
      portraits.push({ person, embedding: faces[0]!.embedding });
    }
    const picture = await panorama(width, height, across);
    const found = await pipeline.recognise({ picture }, { matching: matching(portraits) });
    expect(found.leastFace).toBeCloseTo(least, 5);
    // Beside them there may be a false find on a suit.
    const named = found.faces.map(({ match }) => match.person).filter((person) => person !== null);
    expect(named.toSorted()).toEqual(['daniel-barry', 'daniel-burbank']);
  },
);

test('the least size asked for is searched in a large ordinary picture too', async () => {
  // Faces of about 20×27 px, which are 8 px wide in the copy that is searched by itself.
  const picture = await panorama(4000, 3000, 130);
  const usual = await pipeline.detect({ picture });
  expect([usual.faces.length, Math.round(usual.leastFace)]).toEqual([0, 50]);
  const asked = await pipeline.detect({ picture, options: { minSize: 20 } });
  expect(asked.faces).toHaveLength(2);
  expect(asked.leastFace).toBeCloseTo(20, 5);
});
