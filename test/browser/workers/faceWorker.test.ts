import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { FaceNet } from '../../../src/client/faceNet';
import type { GalleryFace, RgbaImage, StoredCrop } from '../../../src/core/types';
import { cosine } from '../../../src/core/vectors';
import { decisionOf, thresholdAt } from '../../../src/weights/calibration';
import { cohortUse } from '../../../src/weights/cohorts';
import { MOBILE_FACE_NET, FACENET, findEmbedder } from '../../../src/weights/registry';
import type { Progress } from '../../../src/core/call';
import type { EngineState, RecogniseResult } from '../../../workers/protocol';
import { needsShared, sampleBlob, sharedBlob } from '../pipeline/support';
import { modelFile, needsModels } from './models';

const CREW = 'expedition-1-crew.jpg';
let client: FaceNet;
beforeEach((context) => needsModels(context));

async function enrol(names: readonly string[]): Promise<{ faces: GalleryFace[]; crops: StoredCrop[] }> {
  const faces: GalleryFace[] = [];
  const crops: StoredCrop[] = [];
  for (const name of names) {
    const picture = await sampleBlob(`portraits/${name}.jpg`);
    const { faces: found } = await client.call('recognise', { picture, options: { faces: 'best', keepCrops: true } });
    faces.push({ person: name, embedding: found[0]!.embedding });
    crops.push(found[0]!.crop!);
  }
  return { faces, crops };
}
async function recogniseCrew(): Promise<RecogniseResult> {
  return client.call('recognise', { picture: await sampleBlob(CREW), name: CREW });
}
async function rgba(blob: Blob): Promise<RgbaImage> {
  const bitmap = await createImageBitmap(blob);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
  canvas.drawImage(bitmap, 0, 0);
  const { width, height, data } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
  return { width, height, data };
}

describe('the worker on WASM', () => {
  let state: EngineState;
  const progress: Progress[] = [];
  beforeAll(async () => {
    client = new FaceNet();
    state = await client.call('start', { backend: 'wasm' }, { onProgress: (each) => progress.push(each) });
  });
  afterAll(() => client.close());

  test('start says what really runs', async (context) => {
    await needsModels(context, FACENET.id);
    expect(state).toEqual({
      model: FACENET.id,
      engine: 'litert',
      backend: 'wasm',
      precision: 'int8',
      adapter: null,
      softwareAdapter: false,
      threads: Math.min(navigator.hardwareConcurrency, 8),
      threshold: decisionOf(FACENET).threshold,
      plainThreshold: FACENET.threshold,
      twiceDistance: thresholdAt(decisionOf(FACENET), 1e-5),
      cohort: cohortUse(FACENET.cohort),
      far: FACENET.defaultFar,
      crop: 'facenet',
      embeddingSize: 512,
      notes: [],
    });
  });

  test('start tells the loading in bytes up to the last, then the preparing in steps', () => {
    const loading = progress.filter(({ unit }) => unit === 'bytes');
    for (const title of ['MTCNN', findEmbedder(state.model).title]) {
      const last = loading.findLast(({ stage }) => stage === `Loading ${title}`)!;
      expect(last.total).toBeGreaterThan(1e5);
      expect(last.done).toBe(last.total);
    }
    expect(progress.at(-1)).toMatchObject({ stage: 'Preparing the networks', done: 4, total: 4 });
  });

  test('detect gives the faces of a picture, most probable first', async () => {
    const picture = await sampleBlob(CREW);
    const { faces } = await client.call('detect', { picture, options: { minSize: 40, thresholds: [0.6, 0.7, 0.95] } });
    expect(faces).toHaveLength(3);
    const scores = faces.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  test('recognise names whom it knows and nobody else; match says the same of the embeddings alone', async () => {
    const { faces: gallery } = await enrol(['william-shepherd', 'susan-helms']);
    expect(await client.call('setGallery', { faces: gallery })).toEqual({ people: 2, faces: 2 });
    const { faces, timings } = await recogniseCrew();
    expect(faces.map(({ match }) => match.person).filter((person) => person !== null)).toEqual(['william-shepherd']);
    expect(Object.keys(timings)).toEqual(expect.arrayContaining(['decode', 'pnet', 'embed', 'match']));
    const matches = await client.call('match', { embeddings: faces.map(({ embedding }) => embedding) });
    expect(matches).toEqual(faces.map(({ match }) => match));
    await client.call('setGallery', { faces: [] });
    expect((await client.call('match', { embeddings: [faces[0]!.embedding] }))[0]).toMatchObject({
      person: null,
      nearest: null,
    });
  });

  test('calls that arrive together run one after the other: each gives what it gives alone', async () => {
    const [crew, helms] = [await sampleBlob(CREW), await sampleBlob('portraits/susan-helms.jpg')];
    const { crops } = await enrol(['edward-lu']);
    let frames = 0;
    const asked = [
      () => client.call('detect', { picture: crew }),
      async () => (await client.call('recognise', { picture: crew })).faces,
      async () => (await client.call('track', { video: `film ${++frames}`, picture: crew, time: 0 })).faces,
      () => client.call('embedFaces', { pictures: [{ picture: helms, name: 'helms' }], options: { noFace: 'skip' } }),
      () => client.call('embedAligned', { pictures: [helms] }),
      () => client.call('embedStored', { crops }),
      async () => (await client.call('align', { picture: helms, size: 160, margin: 32, faces: 'best' })).faces.length,
    ];
    const alone: unknown[] = [];
    for (const ask of asked) alone.push(await ask());
    expect(await Promise.all(asked.map((ask) => ask()))).toEqual(alone);
  });

  test('every kind of picture is taken, and what changes hands is closed', async () => {
    const blob = await sampleBlob('portraits/susan-helms.jpg');
    const pixels = await rgba(blob);
    const bitmap = await createImageBitmap(blob);
    const frame = new VideoFrame(await createImageBitmap(blob), { timestamp: 0 });
    const boxes = [];
    for (const picture of [blob, pixels, bitmap, frame])
      boxes.push((await client.call('detect', { picture })).faces[0]!.box);
    expect(pixels.data.length).toBeGreaterThan(0);
    expect(bitmap.width).toBe(0);
    expect(frame.format).toBe(null);
    for (const box of boxes.slice(1))
      for (const edge of ['x0', 'y0', 'x1', 'y1'] as const)
        expect(Math.abs(box[edge] - boxes[0]![edge])).toBeLessThan(3);
  });

  test('what the store keeps gives the embedding again', async () => {
    const { faces, crops } = await enrol(['james-voss', 'edward-lu']);
    const done: number[] = [];
    const again = await client.call('embedStored', { crops }, { onProgress: (each) => done.push(each.done) });
    for (const [i, { vector }] of again.entries())
      expect(cosine(vector, faces[i]!.embedding.vector)).toBeGreaterThan(0.98);
    expect(done.at(-1)).toBe(2);
  });

  test('align gives the cut-out face as a PNG of the size asked for', async () => {
    const picture = await sampleBlob('portraits/edward-lu.jpg');
    const { faces } = await client.call('align', { picture, size: 160, margin: 32, faces: 'best' });
    expect(faces).toHaveLength(1);
    const bitmap = await createImageBitmap(faces[0]!.file);
    expect([faces[0]!.file.type, bitmap.width, bitmap.height]).toEqual(['image/png', 160, 160]);
  });

  test('aligned pictures are embedded as they are: the published distances, int8', async (context) => {
    await needsShared(context, 'golden/aligned/paul_rudd.png');
    await needsModels(context, FACENET.id);
    const names = ['angelina_jolie', 'bradley_cooper', 'kate_siegel', 'paul_rudd', 'shea_whigham'];
    const pictures = await Promise.all(names.map((name) => sharedBlob(`golden/aligned/${name}.png`)));
    const vectors = (await client.call('embedAligned', { pictures })).map(({ vector }) => vector);
    const distance = (a: number, b: number) => Math.sqrt(2 - 2 * cosine(vectors[a]!, vectors[b]!));
    expect(distance(0, 1)).toBeCloseTo(1.48177, 1);
    expect(distance(0, 2)).toBeCloseTo(0.866562, 1);
    expect(distance(3, 4)).toBeCloseTo(1.096777, 1);
  });

  test('the threshold follows the false-accept rate', async () => {
    const strict = await client.call('setFar', { far: 1e-4 });
    expect(strict).toMatchObject({ far: 1e-4 });
    expect(strict.threshold).toBeLessThan(state.threshold);
    await expect(client.call('setFar', { far: 0 })).rejects.toMatchObject({ code: 'config/bad-value' });
    expect(await client.call('setFar', { far: null })).toMatchObject({ far: state.far, threshold: state.threshold });
  });

  test.each([
    ['text named .jpg', new Blob(['not a picture'], { type: 'image/jpeg' }), 'image/unreadable'],
    ['an empty file', new Blob([]), 'image/empty'],
    ['one pixel', { width: 1, height: 1, data: new Uint8ClampedArray(4) }, 'image/too-small'],
  ])('%s is a typed error that names the file, and the next picture works', async (_what, picture, code) => {
    const call = client.call('recognise', { picture, name: '<b>holiday</b>.jpg' });
    await expect(call).rejects.toMatchObject({ code, details: { name: '<b>holiday</b>.jpg' } });
    expect((await recogniseCrew()).faces.length).toBeGreaterThan(2);
  });

  test('an option out of range is detect/bad-option', async () => {
    const call = client.call('detect', { picture: await sampleBlob(CREW), options: { factor: 2 } });
    await expect(call).rejects.toMatchObject({ code: 'detect/bad-option', details: { option: 'factor' } });
  });

  test('abort in the middle of a call ends it at once, stops the worker, and the next one works', async () => {
    const embed = (count: number, signal?: AbortSignal) => {
      const picture = { width: 160, height: 160, data: new Uint8ClampedArray(4 * 160 * 160) };
      const request = { pictures: Array.from({ length: count }, () => picture) };
      return client.call('embedAligned', request, signal ? { signal } : {});
    };
    let began = performance.now();
    await embed(20);
    const timeOf20 = performance.now() - began;
    began = performance.now();
    const abort = new AbortController();
    const call = embed(400, abort.signal);
    setTimeout(() => abort.abort(), 50);
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
    expect(performance.now() - began, 'far less than the 400 take').toBeLessThan(5 * timeOf20);
    expect(await embed(1)).toHaveLength(1);
    expect(performance.now() - began, 'the new worker’s start too').toBeLessThan(10 * timeOf20);
  });

  test('a start that fails leaves the present model in use', async () => {
    for (const [options, code] of [
      [{ model: 'facenet-9000' }, 'weights/unknown-model'],
      [{ modelsUrl: '/no-such-folder/' }, 'weights/not-found'],
      [{ far: 2 }, 'config/bad-value'],
    ] as const)
      await expect(client.call('start', { backend: 'wasm', ...options })).rejects.toMatchObject({ code });
    expect((await recogniseCrew()).faces[0]!.embedding.modelId).toBe(state.model);
  });

  test('a start can be aborted, and the present model stays in use', async () => {
    const abort = new AbortController();
    const onProgress = ({ stage }: Progress) => stage === 'Loading MTCNN' && abort.abort();
    const call = client.call(
      'start',
      { model: MOBILE_FACE_NET.id, backend: 'wasm' },
      { signal: abort.signal, onProgress },
    );
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
    expect((await recogniseCrew()).faces[0]!.embedding.modelId).toBe(state.model);
  });

  test('memory is the same after 10 and after 110 calls', async () => {
    const picture = await sampleBlob('portraits/edward-lu.jpg');
    const after = async (calls: number) => {
      for (let i = 0; i < calls; i++) await client.call('recognise', { picture, options: { minSize: 60 } });
      return client.call('memory', {});
    };
    const early = await after(10);
    expect(early.wasmBytes).toBeGreaterThan(1e7);
    expect(await after(100)).toEqual(early);
  });

  test('changing the model frees the old one; the people of the other model are left out', async (context) => {
    await needsModels(context, FACENET.id);
    const { faces: gallery, crops } = await enrol(['william-shepherd']);
    await client.call('setGallery', { faces: gallery });
    const memory = [];
    for (let round = 0; round < 3; round++) {
      expect(await client.call('start', { model: MOBILE_FACE_NET.id, backend: 'wasm' })).toMatchObject({
        model: MOBILE_FACE_NET.id,
        crop: 'arcface',
      });
      memory.push((await client.call('memory', {})).tensors);
    }
    expect(memory[2]).toBe(memory[0]);
    expect((await recogniseCrew()).faces[0]!.match.nearest).toBe(null);
    const [embedding] = await client.call('embedStored', { crops });
    await client.call('setGallery', { faces: [{ person: 'william-shepherd', embedding: embedding! }] });
    const named = (await recogniseCrew()).faces.filter(({ match }) => match.person !== null);
    expect(named).toHaveLength(1);
    expect(embedding!.vector).toHaveLength(192);
  });
});

describe('before a start', () => {
  test('work is refused with backend/not-started, questions are answered', async () => {
    client = new FaceNet();
    const bitmap = await createImageBitmap(await sampleBlob(CREW));
    await expect(client.call('detect', { picture: bitmap })).rejects.toMatchObject({ code: 'backend/not-started' });
    expect(await client.call('memory', {})).toEqual({ tensors: 0, wasmBytes: 0, gpuBuffers: 0 });
    const models = await client.call('models', {});
    expect(models.map(({ id }) => id)).toEqual([FACENET.id, MOBILE_FACE_NET.id, 'mtcnn']);
    expect(models.find(({ id }) => id === MOBILE_FACE_NET.id)).toMatchObject({
      present: expect.arrayContaining(['float16', 'int8']),
      downloadBytes: 0,
    });
    client.close();
  });

  test('without FaceNet the embedded network runs, and a note says so', async () => {
    client = new FaceNet();
    const files = ['mtcnn.float32.safetensors', `${MOBILE_FACE_NET.id}.int8.safetensors`];
    for (const name of files) {
      const place = await client.call('importModel', { file: await modelFile(name), name });
      expect(place).toMatchObject({ inBrowserStorage: true });
    }
    const state = await client.call('start', { backend: 'wasm', modelsUrl: '/no-such-folder/' });
    expect(state).toMatchObject({ model: MOBILE_FACE_NET.id, precision: 'int8' });
    expect(state.notes).toEqual([expect.stringMatching(/^FaceNet .* is not here: MobileFaceNet .* is used\./)]);
    for (const id of ['mtcnn', MOBILE_FACE_NET.id])
      expect(await client.call('removeModel', { id })).toMatchObject({ inBrowserStorage: false, present: [] });
    client.close();
  });

  test('a file that is no model is refused', async () => {
    client = new FaceNet();
    const name = `${MOBILE_FACE_NET.id}.int8.safetensors`;
    const file = new Blob([(await modelFile(name)).slice(0, 1000)]);
    await expect(client.call('importModel', { file, name })).rejects.toMatchObject({ code: 'weights/truncated' });
    client.close();
  });
});

test('a crash of the real service: the next worker has the model and the people again', async () => {
  const makeWorker = () => new Worker(new URL('./crashing.worker.ts', import.meta.url), { type: 'module' });
  client = new FaceNet({ worker: makeWorker });
  const crashes: Error[] = [];
  client.onCrash((error) => crashes.push(error));
  await client.call('start', { backend: 'wasm', model: MOBILE_FACE_NET.id, modelsUrl: '/models/' });
  const { faces } = await enrol(['william-shepherd']);
  await client.call('setGallery', { faces });
  const picture = await sampleBlob(CREW);
  const calls = [client.call('detect', { picture, name: 'crash' }), client.call('recognise', { picture })];
  for (const call of calls)
    await expect(call).rejects.toMatchObject({
      code: 'worker/crashed',
      message: expect.stringContaining('the thread died'),
    });
  expect(crashes).toHaveLength(1);
  const named = (await recogniseCrew()).faces.filter(({ match }) => match.person === 'william-shepherd');
  expect(named).toHaveLength(1);
  client.close();
});

test('the worker on TensorFlow.js, the fallback, sees the same face', async () => {
  const picture = await sampleBlob('portraits/edward-lu.jpg');
  const vectors = [];
  for (const engine of ['litert', 'tfjs'] as const) {
    client = new FaceNet();
    const state = await client.call('start', {
      backend: 'wasm',
      engine,
      model: MOBILE_FACE_NET.id,
      precision: 'float16',
    });
    expect(state).toMatchObject({ engine, backend: 'wasm', precision: 'float16', notes: [] });
    const { faces } = await client.call('recognise', { picture, options: { minSize: 100 } });
    vectors.push(faces[0]!.embedding.vector);
    client.close();
  }
  expect(cosine(vectors[0]!, vectors[1]!)).toBeGreaterThan(0.9999);
});

test('the worker on WebGPU', async (context) => {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter && inject('expectWebgpu')) throw new Error('no WebGPU adapter, and EXPECT_WEBGPU=1');
  if (!adapter) context.skip('no WebGPU adapter');
  client = new FaceNet();
  const state = await client.call('start', { backend: 'webgpu', model: MOBILE_FACE_NET.id });
  expect(state).toMatchObject({ backend: 'webgpu', precision: 'float16', adapter: expect.any(String), notes: [] });
  const { faces } = await client.call('recognise', {
    picture: await sampleBlob('portraits/edward-lu.jpg'),
    options: { minSize: 100 },
  });
  expect(faces[0]!.embedding.vector).toHaveLength(192);
  client.close();
});

test('auto does not take a graphics adapter that is the processor itself', async (context) => {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!/swiftshader/i.test(adapter?.info.architecture ?? '')) context.skip('the adapter is not SwiftShader');
  client = new FaceNet();
  expect(await client.call('start', { model: MOBILE_FACE_NET.id })).toMatchObject({ backend: 'wasm', notes: [] });
  client.close();
});
