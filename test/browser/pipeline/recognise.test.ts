import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GalleryFace } from '../../../src/core/types';
import { cosine } from '../../../src/core/vectors';
import type { Engine } from '../../../src/nn/executor';
import { createLiteRtEngine } from '../../../src/nn/litert';
import { packGallery } from '../../../src/pipeline/gallery';
import { plainMatching } from '../../fixtures/matching';
import { createPipeline, type Pipeline } from '../../../src/pipeline/recognise';
import { MOBILE_FACE_NET, FACENET, MTCNN } from '../../../src/weights/registry';
import { bestOverlap, modelWeights, needsShared, sampleBlob, sampleTruth } from './support';

const PORTRAITS = [
  ...['daniel-barry', 'daniel-burbank', 'edward-fincke', 'edward-lu', 'frank-culbertson', 'frederick-sturckow'],
  ...['james-voss', 'jeffrey-williams', 'patrick-forrester', 'richard-mastracchio', 'robert-curbeam', 'scott-altman'],
  ...['scott-horowitz', 'susan-helms', 'terrence-wilcutt', 'thomas-jones', 'william-mcarthur', 'william-shepherd'],
];

let engine: Engine;
beforeAll(async () => {
  engine = await createLiteRtEngine({ backend: 'wasm' });
});
afterAll(() => {
  engine.dispose();
});

async function openPipeline(row: typeof FACENET, precision: 'float32' | 'float16' | 'int8'): Promise<Pipeline> {
  return createPipeline({
    engine,
    detectorWeights: await modelWeights(MTCNN),
    embedderRow: row,
    embedderWeights: await modelWeights(row, precision),
    precision,
  });
}

function matchingOf(row: typeof FACENET, people: readonly GalleryFace[] = []) {
  return { matching: plainMatching(packGallery(people, row.id), row.threshold) };
}

async function enrol(pipeline: Pipeline, row: typeof FACENET): Promise<GalleryFace[]> {
  const faces: GalleryFace[] = [];
  for (const person of PORTRAITS) {
    const picture = await sampleBlob(`portraits/${person}.jpg`);
    const found = await pipeline.recognise({ picture, options: { faces: 'best' } }, matchingOf(row));
    faces.push({ person, embedding: found.faces[0]!.embedding });
  }
  return faces;
}

describe.for([
  ['the embedded model, 8-bit', MOBILE_FACE_NET, 'int8'],
  ['the embedded model, 16-bit', MOBILE_FACE_NET, 'float16'],
  ['FaceNet, 8-bit', FACENET, 'int8'],
  ['FaceNet, 32-bit', FACENET, 'float32'],
] as const)('%s', ([, row, precision]) => {
  test('one portrait a person names all 19 faces that have one, and nobody else', async (context) => {
    if (!row.npm) await needsShared(context, `models/${row.sources[0]!.path}`);
    const pipeline = await openPipeline(row, precision);
    const people = await enrol(pipeline, row);
    let named = 0;
    const nearestOther: number[] = [];
    const distances: number[] = [];
    for (const [picture, { faces: truth }] of Object.entries(await sampleTruth())) {
      const { faces } = await pipeline.recognise({ picture: await sampleBlob(picture) }, matchingOf(row, people));
      for (const { detection, match } of faces) {
        const shown = truth.find(({ box }) => bestOverlap([detection], box).iou > 0.5);
        const expected = shown?.portrait ? shown.name : null;
        expect(match.person, `${shown?.name ?? 'no face'} in ${picture} at ${match.distance}`).toBe(expected);
        if (expected) named++;
        (expected ? distances : nearestOther).push(match.distance!);
      }
    }
    console.log(
      `${row.id} ${precision}: ${named} named, at most ${Math.max(...distances).toFixed(3)}; others at least ${Math.min(...nearestOther).toFixed(3)}`,
    );
    expect(named).toBe(19);
    pipeline.dispose();
  }, 300_000);
});

describe('the embedded model', () => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await openPipeline(MOBILE_FACE_NET, 'int8');
    await pipeline.warmUp();
  });
  afterAll(() => pipeline.dispose());

  test('each stage says how long it took', async () => {
    const picture = await sampleBlob('sts-98-spacewalkers.jpg');
    const result = await pipeline.recognise({ picture }, matchingOf(MOBILE_FACE_NET));
    expect(Object.keys(result.timings).sort()).toEqual(
      ['crop', 'decode', 'embed', 'match', 'onet', 'pnet', 'resize', 'rnet'].sort(),
    );
    for (const ms of Object.values(result.timings)) expect(ms).toBeGreaterThanOrEqual(0);
    expect(result).toMatchObject({ width: 1600, height: 1094 });
    for (const { match, quality } of result.faces) {
      expect(match).toMatchObject({ person: null, nearest: null, distance: null, certainty: null });
      expect(quality.size).toBeGreaterThan(20);
    }
  });

  test('the flipped picture in the mean changes an embedding a little, and alone gives its own', async () => {
    const picture = await sampleBlob('portraits/susan-helms.jpg');
    const embed = async (flip: boolean) =>
      (await pipeline.recognise({ picture, options: { faces: 'best', flip } }, matchingOf(MOBILE_FACE_NET))).faces;
    const [[plain], [mean]] = [await embed(false), await embed(true)];
    const likeness = cosine(plain!.embedding.vector, mean!.embedding.vector);
    expect(likeness).toBeGreaterThan(0.9);
    expect(likeness).toBeLessThan(0.99999);
  });

  test('aligned pictures are used as they are, each on its own, many at once as one at a time', async () => {
    const picture = await sampleBlob('portraits/susan-helms.jpg');
    const face = await pipeline.align({ picture, faces: 'best', size: 150, margin: 32 });
    const { file } = face.faces[0]!;
    const bitmap = await createImageBitmap(file);
    expect([bitmap.width, bitmap.height]).toEqual([150, 150]);
    bitmap.close();
    const [alone] = await pipeline.embedAligned([file]);
    const many = await pipeline.embedAligned(Array.from({ length: 30 }, () => file));
    expect(many).toHaveLength(30);
    for (const { vector, modelId } of many) {
      expect(modelId).toBe(MOBILE_FACE_NET.id);
      expect(cosine(vector, alone!.vector)).toBeGreaterThan(0.9999);
    }
  });

  test('an aborted call says so and the next one works', async () => {
    const stop = new AbortController();
    const picture = await sampleBlob('sts-106-crew.jpg');
    const result = pipeline.recognise({ picture }, { ...matchingOf(MOBILE_FACE_NET), signal: stop.signal });
    stop.abort();
    await expect(result).rejects.toMatchObject({ code: 'aborted' });
    expect((await pipeline.detect({ picture })).faces.length).toBeGreaterThanOrEqual(7);
  });

  test('a wrong option is refused by name', async () => {
    const picture = await sampleBlob('portraits/susan-helms.jpg');
    await expect(pipeline.detect({ picture, options: { factor: 2 } })).rejects.toMatchObject({
      code: 'detect/bad-option',
    });
  });

  test('in a picture of 12,000 × 8,003 faces are found and cut from the full size', { timeout: 200_000 }, async () => {
    const portrait = {
      picture: await sampleBlob('portraits/william-shepherd.jpg'),
      options: { faces: 'best' },
    } as const;
    const [known] = (await pipeline.recognise(portrait, matchingOf(MOBILE_FACE_NET))).faces;
    const people = [{ person: 'william-shepherd', embedding: known!.embedding }];
    const sample = await createImageBitmap(await sampleBlob('expedition-1-crew.jpg'));
    const canvas = new OffscreenCanvas(12_000, 8003);
    canvas.getContext('2d')!.drawImage(sample, 0, 0, 12_000, 8003);
    const picture = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
    const request = { picture, options: { keepCrops: true } };
    const { faces, width } = await pipeline.recognise(request, matchingOf(MOBILE_FACE_NET, people));
    expect(width).toBe(12_000);
    for (const { box, name, portrait } of (await sampleTruth())['expedition-1-crew.jpg']!.faces) {
      const large = { x0: box.x0 * 7.5, y0: box.y0 * 7.5, x1: box.x1 * 7.5, y1: box.y1 * 7.5 };
      const face = faces.find(({ detection }) => bestOverlap([detection], large).iou > 0.6);
      expect(face?.match.person).toBe(portrait ? name : null);
      const bitmap = await createImageBitmap(face!.crop!.picture);
      expect(Math.max(bitmap.width, bitmap.height)).toBe(400);
      bitmap.close();
    }
  });

  test('fifty faces in one picture are all found and embedded', async () => {
    const faces = 50;
    const portrait = await createImageBitmap(await sampleBlob('portraits/edward-lu.jpg'));
    const canvas = new OffscreenCanvas(10 * 120, 5 * 180);
    const context = canvas.getContext('2d')!;
    for (let i = 0; i < faces; i++) context.drawImage(portrait, (i % 10) * 120, Math.floor(i / 10) * 180, 120, 180);
    const picture = context.getImageData(0, 0, canvas.width, canvas.height);
    const result = await pipeline.recognise({ picture }, matchingOf(MOBILE_FACE_NET));
    expect(result.faces.length).toBeGreaterThanOrEqual(faces);
    expect(result.faces.every(({ embedding }) => embedding.vector.every(Number.isFinite))).toBe(true);
  });
});
