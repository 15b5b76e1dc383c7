import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../../src/nn/executor';
import { createLiteRtEngine } from '../../../src/nn/litert';
import { packGallery, type Gallery } from '../../../src/pipeline/gallery';
import { plainMatching } from '../../fixtures/matching';
import { createPipeline, type Pipeline } from '../../../src/pipeline/recognise';
import { MOBILE_FACE_NET, MTCNN } from '../../../src/weights/registry';
import { cosine } from '../../../src/core/vectors';
import { modelWeights, sampleBlob } from './support';

const CREW = ['daniel-burbank', 'edward-lu', 'richard-mastracchio', 'scott-altman', 'terrence-wilcutt'];
const PICTURE = 'sts-106-crew.jpg';

let engine: Engine;
let pipeline: Pipeline;
let gallery: Gallery;
beforeAll(async () => {
  engine = await createLiteRtEngine({ backend: 'wasm' });
  pipeline = await createPipeline({
    engine,
    detectorWeights: await modelWeights(MTCNN),
    embedderRow: MOBILE_FACE_NET,
    embedderWeights: await modelWeights(MOBILE_FACE_NET, 'float16'),
    precision: 'float16',
  });
  const faces = [];
  for (const person of CREW) {
    const request = { picture: await sampleBlob(`portraits/${person}.jpg`), options: { faces: 'best' } } as const;
    const matching = plainMatching(packGallery([], MOBILE_FACE_NET.id), 1);
    const found = await pipeline.recognise(request, { matching });
    faces.push({ person, embedding: found.faces[0]!.embedding });
  }
  gallery = packGallery(faces, MOBILE_FACE_NET.id);
});
afterAll(() => {
  pipeline.dispose();
  engine.dispose();
});

async function turnedPicture(degrees: number): Promise<Blob> {
  const bitmap = await createImageBitmap(await sampleBlob(PICTURE), { colorSpaceConversion: 'none' });
  const [width, height] = degrees % 180 === 0 ? [bitmap.width, bitmap.height] : [bitmap.height, bitmap.width];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.translate(width / 2, height / 2);
  context.rotate((degrees * Math.PI) / 180);
  context.drawImage(bitmap, -bitmap.width / 2, -bitmap.height / 2);
  return canvas.convertToBlob({ type: 'image/png' });
}

function recognise(picture: Blob, turned: boolean) {
  const matching = plainMatching(gallery, MOBILE_FACE_NET.threshold);
  return pipeline.recognise({ picture, options: { turned, keepCrops: true } }, { matching });
}
const namesOf = ({ faces }: Awaited<ReturnType<typeof recognise>>): string[] =>
  faces.flatMap(({ match }) => (match.person === null ? [] : [match.person])).sort();

/** Seen on its head, a picture may show MTCNN a thing or two that it takes for a face, with less certainty. */
function sure({ faces }: Awaited<ReturnType<typeof recognise>>) {
  return faces.filter(({ detection }) => detection.score > 0.95);
}

test.each([90, 180, 270])(
  'a crew turned by %i degrees has the same names as upright, and each face once',
  async (degrees) => {
    const upright = await recognise(await sampleBlob(PICTURE), false);
    const turned = await recognise(await turnedPicture(degrees), true);
    expect(namesOf(turned)).toEqual(namesOf(upright));
    expect(namesOf(turned)).toEqual(CREW);
    expect(sure(turned)).toHaveLength(sure(upright).length);
    for (const { detection, crop, embedding } of turned.faces) {
      // The box lies where the face is in the picture as it was given.
      expect(detection.box.x0).toBeGreaterThan(-50);
      expect(detection.box.x1).toBeLessThan(turned.width + 50);
      // What is stored is upright: embedded again without being turned it is the same face.
      const [again] = await pipeline.embedStored([crop!]);
      expect(cosine(again!.vector, embedding.vector)).toBeGreaterThan(0.98);
    }
  },
);

test('an upright picture gives the same faces with the search on all sides', async () => {
  const plain = await recognise(await sampleBlob(PICTURE), false);
  const searched = await recognise(await sampleBlob(PICTURE), true);
  expect(namesOf(searched)).toEqual(namesOf(plain));
  expect(searched.faces.map(({ detection }) => detection.box)).toEqual(
    plain.faces.map(({ detection }) => detection.box),
  );
});
