import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FaceNet } from '../../../src/client/faceNet';
import { cohortMean } from '../../../src/core/cohort';
import { cosine } from '../../../src/core/vectors';
import { ownCohort } from '../../../src/weights/cohorts';
import { readSafetensors } from '../../../src/weights/formats/safetensors';
import { describeTrained, readInfo, trainedId, trainedInfo, trainedRow } from '../../../src/weights/trained';
import { OWN_COHORT, smallFile, SMALL, smallWeights, withCentres } from '../../fixtures/trainedModel';
import { sampleBlob } from '../pipeline/support';
import { needsModels } from './models';

const CREW = 'expedition-1-crew.jpg';
const id = await trainedId(smallWeights());
let client: FaceNet;
beforeAll(() => {
  client = new FaceNet();
});
afterAll(async () => {
  await client.call('removeModel', { id }).catch(() => null);
  client.close();
});
beforeEach((context) => needsModels(context));

const place = async () => (await client.call('models', {})).find((model) => model.id === id);
const save = (title = SMALL.title) =>
  client.call('saveTrained', { bytes: smallWeights(), details: { ...SMALL, title }, report: null });
async function embeddings(): Promise<Float32Array[]> {
  const { faces } = await client.call('recognise', { picture: await sampleBlob(CREW), name: CREW });
  return faces.map(({ embedding }) => {
    expect(embedding.modelId).toBe(id);
    return embedding.vector;
  });
}

test('what was trained becomes a model of this browser: listed, chosen, run in each precision on each engine', async () => {
  expect(await save()).toMatchObject({ id, title: 'My family', present: ['float32', 'float16', 'int8'] });
  expect(await place()).toMatchObject({
    kind: 'embedder',
    embeddingSize: 16,
    inBrowserStorage: true,
    downloadBytes: 0,
    trained: { createdAt: SMALL.createdAt, base: null, width: 0.125, inputSize: 80, people: [] },
  });
  const found: Float32Array[][] = [];
  for (const [engine, precision] of [
    ['litert', 'float32'],
    ['litert', 'float16'],
    ['tfjs', 'float32'],
    ['litert', 'int8'],
  ] as const) {
    const state = await client.call('start', { model: id, backend: 'wasm', engine, precision });
    expect(state).toMatchObject({ model: id, engine, precision, embeddingSize: 16, crop: 'facenet', notes: [] });
    expect(state.threshold).toBeCloseTo(SMALL.measured!.threshold, 4);
    found.push(await embeddings());
  }
  for (const [i, first] of found[0]!.entries())
    for (const [which, other] of found.entries())
      expect(cosine(first, other[i]!)).toBeGreaterThan(which === 3 ? 0.99 : 0.99999);
});

test('a file that describes itself runs by its address, without being kept', async () => {
  const whole = await smallFile();
  const url = URL.createObjectURL(new Blob([whole]));
  const state = await client.call('start', { modelFile: { url, name: 'mine.safetensors' }, backend: 'wasm' });
  expect(state).toMatchObject({ model: id, precision: 'float32', notes: [] });
  const direct = await embeddings();
  await save();
  await client.call('start', { model: id, backend: 'wasm', precision: 'float32' });
  for (const [i, vector] of (await embeddings()).entries())
    expect(cosine(vector, direct[i]!), 'live batch norm, against folded').toBeGreaterThan(0.99999);
});

test('a cohort of its own is in its file and evens out its distances', async () => {
  const bytes = withCentres(smallWeights());
  const details = { ...SMALL, cohort: { own: OWN_COHORT } };
  const whole = await describeTrained(bytes, await trainedInfo(bytes, details));
  const url = URL.createObjectURL(new Blob([whole]));
  const state = await client.call('start', { modelFile: { url, name: 'mine' }, backend: 'wasm', far: 1e-2 });
  expect(state.threshold).toBeCloseTo(0.7, 6);
  const own = ownCohort(trainedRow(readInfo(whole, 'mine'), {}), readSafetensors(bytes, 'mine'), 'mine')!;
  expect(state.cohort).toEqual({ id: await trainedId(bytes), nearest: 2, power: 0.5, reference: 0.3 });
  const { faces } = await client.call('recognise', { picture: await sampleBlob(CREW), name: CREW });
  expect(faces.length).toBeGreaterThan(0);
  for (const { embedding } of faces) {
    expect(embedding.cohortMean!.cohort).toBe(own.id);
    expect(embedding.cohortMean!.mean).toBeCloseTo(cohortMean(own, embedding.vector), 6);
  }
});

test('its self-test is the drawn face’s embedding in its file: a wrong one keeps the model from being used', async () => {
  const url = URL.createObjectURL(new Blob([await smallFile({ selfTest: Array.from({ length: 16 }, () => 0.25) })]));
  const started = client.call('start', { modelFile: { url, name: 'mine' }, backend: 'wasm', engine: 'litert' });
  await expect(started).rejects.toMatchObject({ code: 'backend/self-test-failed' });
});

test('it can be renamed, exported and brought back; the export has its new name', async () => {
  await save();
  expect(await client.call('renameModel', { id, title: ' Us <3 ' })).toMatchObject({ id, title: 'Us <3' });
  await expect(client.call('renameModel', { id, title: ' ' })).rejects.toMatchObject({ code: 'store/bad-name' });
  const { bytes, name } = await client.call('exportModel', { id, form: 'float16' });
  expect(name).toBe(`${id}.float16.safetensors`);
  expect(readInfo(bytes, name)).toMatchObject({ id, title: 'Us <3', width: 0.125 });
  expect(await client.call('removeModel', { id })).toMatchObject({ present: [], inBrowserStorage: false });
  expect(await place()).toBeUndefined();
  await expect(client.call('start', { model: id, backend: 'wasm' })).rejects.toMatchObject({
    code: 'weights/unknown-model',
  });
  const file = new Blob([bytes]);
  expect(await client.call('importModel', { file, name: 'download (1)' })).toMatchObject({
    id,
    title: 'Us <3',
    present: ['float16'],
  });
  expect(await client.call('start', { model: id, backend: 'wasm' })).toMatchObject({ model: id, precision: 'float16' });
});

test('a file is exported in coarser precisions from float32 only, and as facenet-pytorch’s only in its size', async () => {
  const modelFile = { url: URL.createObjectURL(new Blob([await smallFile()])), name: 'mine' };
  const coarse = (await client.call('exportModel', { modelFile, form: 'int8' })).bytes;
  const reread = { url: URL.createObjectURL(new Blob([coarse])), name: 'coarse' };
  expect(await client.call('start', { modelFile: reread, backend: 'wasm' })).toMatchObject({ precision: 'int8' });
  const finer = client.call('exportModel', { modelFile: reread, form: 'float16' });
  await expect(finer).rejects.toMatchObject({ code: 'weights/precision-missing' });
  const torch = client.call('exportModel', { modelFile, form: 'facenet-pytorch' });
  await expect(torch).rejects.toMatchObject({ code: 'weights/shape-mismatch' });
});

test.each([
  ['damaged', (file: Uint8Array<ArrayBuffer>) => ((file[file.length - 9]! ^= 1), file), 'weights/hash-mismatch'],
  ['cut off', (file: Uint8Array<ArrayBuffer>) => file.slice(0, -4), 'weights/truncated'],
  ['of nobody', () => smallWeights(), 'weights/bad-format'],
])('a trained model’s file that is %s is refused', async (_, change, code) => {
  const bytes = change(await smallFile());
  const importing = client.call('importModel', { file: new Blob([bytes]), name: 'mine.safetensors' });
  await expect(importing).rejects.toMatchObject({ code });
  const modelFile = { url: URL.createObjectURL(new Blob([bytes])), name: 'mine.safetensors' };
  await expect(client.call('start', { modelFile, backend: 'wasm' })).rejects.toMatchObject({ code });
});
