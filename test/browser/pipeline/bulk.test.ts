import { afterAll, beforeAll, expect, test } from 'vitest';
import { euclidean, l2Normalise } from '../../../src/core/vectors';
import type { Engine } from '../../../src/nn/executor';
import { createLiteRtEngine } from '../../../src/nn/litert';
import type { EmbedFacesOptions, NamedPicture } from '../../../src/pipeline/bulk';
import { createPipeline, type Pipeline } from '../../../src/pipeline/recognise';
import { MOBILE_FACE_NET, FACENET, MTCNN } from '../../../src/weights/registry';
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

test.for([MOBILE_FACE_NET, FACENET])(
  'of several margins and crops the embedding is the mean of each one’s, with $id',
  async (row, context) => {
    if (!row.npm) await needsShared(context, `models/${row.sources[0]!.path}`);
    const pipeline = await openPipeline(row);
    const embed = (options: Partial<EmbedFacesOptions>) =>
      pipeline.embedFaces({ pictures, options: { crops: ['facenet'], flip: true, noFace: 'skip', ...options } });
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
      for (const side of ['vector', 'flipped'] as const) {
        const [a, b] = [narrow[i]![side]!, wide[i]![side]!];
        expect(euclidean(a, b)).toBeGreaterThan(0.01);
        const mean = a.map((value, k) => (value + b[k]!) / 2);
        expect(euclidean(both[i]![side]!, row.normalised ? l2Normalise(mean) : mean)).toBeLessThan(1e-6);
        const [upright, two] = [turned[i]![side]!, three[i]![side]!];
        const all = a.map((value, k) => (value + b[k]! + upright[k]!) / 3);
        expect(euclidean(two, row.normalised ? l2Normalise(all) : all)).toBeLessThan(1e-6);
      }
    }
    pipeline.dispose();
  },
);

test('a picture that cannot be read has its problem, and the others’ faces are the same as without it', async () => {
  const pipeline = await openPipeline(MOBILE_FACE_NET);
  const [helms, crew] = [pictures[0]!, pictures[1]!];
  const cut = { picture: (helms.picture as Blob).slice(0, 3000), name: 'cut.jpg' };
  const empty = { picture: new Blob([]), name: 'empty.jpg' };
  const text = { picture: new Blob(['no picture']), name: 'text.jpg' };
  const embed = (list: readonly NamedPicture[]) =>
    pipeline.embedFaces({ pictures: list, options: { flip: true, noFace: 'centre-crop' } });
  const [first, second] = await embed([helms, crew]);
  expect(first).toMatchObject({ problem: null });
  // More than one group of eight, of which one holds nothing that can be read.
  const unread = [cut, empty, text, cut, empty, text, cut, empty];
  const faces = await embed([cut, helms, empty, crew, text, cut, cut, cut, ...unread, helms]);
  expect(faces.map(({ problem }) => problem?.code ?? null)).toEqual([
    ...['image/truncated', null, 'image/empty', null, 'image/unreadable'],
    ...['image/truncated', 'image/truncated', 'image/truncated'],
    ...['image/truncated', 'image/empty', 'image/unreadable', 'image/truncated', 'image/empty', 'image/unreadable'],
    ...['image/truncated', 'image/empty', null],
  ]);
  expect(faces[0]).toEqual({
    problem: { code: 'image/truncated', details: { name: 'cut.jpg' } },
    ...{ detection: null, vector: null, flipped: null },
  });
  expect([faces[1], faces[3], faces[16]]).toEqual([first, second, first]);
  pipeline.dispose();
});

test('margins of a crop that has none are refused, and an empty list', async () => {
  const pipeline = await openPipeline(MOBILE_FACE_NET);
  for (const options of [
    { margins: [16] },
    { crops: ['similarity'], margins: [16] },
    { crops: ['facenet'], margins: [] },
  ] as const)
    await expect(pipeline.embedFaces({ pictures, options: { noFace: 'skip', ...options } })).rejects.toMatchObject({
      code: 'config/bad-value',
      message: expect.stringContaining('only the facenet crop has a margin') as string,
    });
  pipeline.dispose();
});
