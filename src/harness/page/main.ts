import { createFaceClient } from '../../client/faceClient';
import { toFaceError } from '../../core/errors';
import type { Embedding } from '../../core/types';
import type { HarnessOp, HarnessOps } from '../bridge';
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

const plain = ({ vector }: Embedding): number[] => Array.from(vector);

type Handlers = { readonly [K in HarnessOp]: (req: HarnessOps[K]['req']) => Promise<HarnessOps[K]['res']> };

const handlers: Handlers = {
  ...trainHandlers(client),
  speed: measureSpeed,
  async start({ workers = 1, ...options }) {
    const state = await client.call('start', options, { onProgress: (progress) => void facenetProgress(progress) });
    modelId = state.model;
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
    const found = faces.map(({ detection, embedding, match }) => ({ detection, vector: plain(embedding), match }));
    return { width, height, faces: found };
  },
  async embedFaces({ pictures, options }) {
    const loaded = await Promise.all(
      pictures.map(async (picture) => ({ picture: await load(picture), name: picture.name })),
    );
    const next = clients[calls++ % clients.length]!;
    return packFaces(await next.call('embedFaces', { pictures: loaded, options }));
  },
  async embedAligned({ picture }) {
    const embeddings = await client.call('embedAligned', { pictures: [await load(picture)] });
    return plain(embeddings[0]!);
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
      const { code, details } = toFaceError(thrown);
      return { code, details };
    }
  },
};
