import { createFaceClient } from '../../client/faceClient';
import type { EmbeddedFace } from '../../client/types';
import { knownScale, type CohortUse } from '../../core/cohort';
import { errorData, toFaceError, type ErrorData } from '../../core/errors';
import type { Embedding } from '../../core/types';
import type { HarnessOp, HarnessOps, PictureRef } from '../bridge';
import { drawFaces } from './draw';
import { asJpeg, load, put } from './files';
import { packFaces } from './packFaces';
import { RAW_PIXELS, rawPixels } from './rawPixels';
import { measureSpeed } from './speed';
import { trainHandlers } from './train';

const client = createFaceClient();
/** Those that share long work. */
const clients = [client];
let calls = 0;
let modelId = '';
let cohort: CohortUse | null = null;

const plain = (embedding: Embedding) => ({
  vector: Array.from(embedding.vector),
  scale: knownScale(cohort, embedding) ?? 1,
});

async function loadOrProblem(
  picture: PictureRef,
): Promise<{ readonly picture: Blob; readonly name: string } | { readonly problem: ErrorData }> {
  try {
    return { picture: await load(picture), name: picture.name };
  } catch (thrown) {
    return { problem: errorData(toFaceError(thrown)) };
  }
}

const unread = (problem: ErrorData): EmbeddedFace => ({ problem, detection: null, vector: null, flipped: null });

type Handlers = { readonly [K in HarnessOp]: (req: HarnessOps[K]['req']) => Promise<HarnessOps[K]['res']> };

const handlers: Handlers = {
  ...trainHandlers(client),
  speed: measureSpeed,
  async start({ workers = 1, ...options }) {
    const state = await client.call('start', options, { onProgress: (progress) => void facenetProgress(progress) });
    modelId = state.model;
    cohort = state.cohort;
    const more = state.backend === 'wasm' ? workers - 1 : 0;
    const others = Array.from({ length: more }, () => createFaceClient());
    await Promise.all(others.map((other) => other.call('start', { ...options, model: state.model })));
    clients.push(...others);
    return state;
  },
  async detect({ picture, options }) {
    return client.call('detect', { picture: await load(picture), name: picture.name, options });
  },
  async recognise({ picture, options }) {
    const req = { picture: await load(picture), name: picture.name, options };
    const { width, height, faces } = await client.call('recognise', req);
    const found = faces.map(({ detection, embedding, match }) => ({ detection, ...plain(embedding), match }));
    return { width, height, faces: found };
  },
  async embedFaces({ pictures, options }) {
    const next = clients[calls++ % clients.length]!;
    const loaded = await Promise.all(pictures.map(loadOrProblem));
    const readable = loaded.filter((entry) => 'picture' in entry);
    const faces = await next.call('embedFaces', { pictures: readable, options });
    let at = 0;
    return packFaces(loaded.map((entry) => ('problem' in entry ? unread(entry.problem) : faces[at++]!)));
  },
  async embedAligned({ picture }) {
    const embeddings = await client.call('embedAligned', { pictures: [await load(picture)] });
    return plain(embeddings[0]!);
  },
  async faceScales({ vectors, columns }) {
    const numbers = new Float32Array(vectors.slice().buffer);
    const rows = Array.from({ length: numbers.length / columns }, (_, i) =>
      numbers.slice(i * columns, (i + 1) * columns),
    );
    const means = cohort ? await client.call('cohortMeans', { vectors: rows }) : null;
    return { scales: rows.map((_, i) => (means ? knownScale(cohort, { cohortMean: means[i]! })! : 1)) };
  },
  async align({ picture, form, ...rest }) {
    const req = { picture: await load(picture), name: picture.name, ...rest };
    const { width, height, faces } = await client.call('align', req);
    const crops = await Promise.all(faces.map(({ png }) => (form === 'jpg' ? asJpeg(png) : png)));
    const files = await Promise.all(crops.map(async (crop) => new Uint8Array(await crop.arrayBuffer())));
    return { width, height, faces: faces.map(({ detection }) => detection), files };
  },
  async rawPixels({ pictures }) {
    const rows = await Promise.all(pictures.map(async (picture) => rawPixels(await load(picture))));
    const all = new Float32Array(rows.length * RAW_PIXELS);
    rows.forEach((row, i) => all.set(row, i * RAW_PIXELS));
    return { columns: RAW_PIXELS, vectors: new Uint8Array(all.buffer) };
  },
  async setGallery({ faces }) {
    const gallery = faces.map(({ person, vector }) => ({
      person,
      embedding: { modelId, vector: Float32Array.from(vector) },
    }));
    const { people } = await client.call('setGallery', { faces: gallery });
    return { people };
  },
  async exportModel({ id, modelFile, form, out }) {
    const { bytes, name } = await client.call('exportModel', { id, form, ...(modelFile && { modelFile }) });
    await put(out, bytes, name);
    return { name, bytes: bytes.length };
  },
  async draw({ picture, faces, type, out }) {
    await put(out, await drawFaces(await load(picture), faces, type), picture.name);
    return null;
  },
};

globalThis.facenetHarness = {
  async call(op, req) {
    try {
      return { value: await handlers[op](req) };
    } catch (thrown) {
      return errorData(toFaceError(thrown));
    }
  },
};
