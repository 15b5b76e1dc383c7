import { beforeAll, describe, expect, it } from 'vitest';
import { convertModel } from '../../../src/weights/convert/convert';
import { toPrecision } from '../../../src/weights/convert/precision';
import { writeManifest } from '../../../src/weights/files';
import { writeSafetensors } from '../../../src/weights/formats/safetensors';
import { loadWeights } from '../../../src/weights/load';
import {
  chooseEmbedder,
  choosePrecision,
  findFiles,
  modelPlace,
  type PresentFiles,
} from '../../../src/weights/present';
import { MOBILE_FACE_NET, FACENET, MTCNN } from '../../../src/weights/registry';
import { sendFile, serve } from '../harness/testServer';
import { errorCode, rejectionCode } from './errorCode';
import { packageFile } from './sources';

const FILE = 'mtcnn.float16.safetensors';
let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  bytes = writeSafetensors(toPrecision(await convertModel(MTCNN, async ({ path }) => packageFile(path)), 'float16'));
});

/** Loads MTCNN from a folder whose one file answers with `body`. */
async function load(body: Uint8Array, status = 200, limit?: number): Promise<unknown> {
  const server = await serve((request, response) => {
    if (status === 200) sendFile(request, response, body, limit);
    else response.writeHead(status).end('no');
  });
  return loadWeights(MTCNN, 'float16', { modelsUrl: server.url });
}

describe('loadWeights', () => {
  it('gives the verified weights of a file in the models folder, and tells how much is read', async () => {
    const seen: number[] = [];
    const server = await serve((request, response) => {
      expect(request.url).toBe(`/models/${FILE}`);
      sendFile(request, response, bytes);
    });
    const onProgress = (done: number, total: number) => seen.push(done / total);
    const weights = await loadWeights(MTCNN, 'float16', { modelsUrl: `${server.url}models/`, onProgress });
    expect(weights.size).toBe(50);
    expect(weights.get('ONet/fc1/weights')).toMatchObject({ dtype: 'float16', shape: [256, 1152] });
    expect(seen).toEqual(seen.toSorted());
    expect(seen.at(-1)).toBe(1);
  });

  it('loads nothing of a damaged, short, long or absent file', async () => {
    const damaged = Uint8Array.from(bytes);
    damaged[500_000]! ^= 1;
    expect(await rejectionCode(load(damaged))).toBe('weights/hash-mismatch');
    expect(await rejectionCode(load(bytes.slice(0, -1)))).toBe('weights/truncated');
    expect(await rejectionCode(load(bytes, 200, 100_000))).toBe('weights/truncated');
    expect(await rejectionCode(load(new Uint8Array(bytes.length + 1)))).toBe('weights/oversized');
    expect(await rejectionCode(load(bytes, 404))).toBe('weights/not-found');
    await expect(load(bytes.slice(0, -1))).rejects.toThrow(FILE);
  });

  it('stops when aborted', async () => {
    const stop = new AbortController();
    const server = await serve((_, response) => response.write(bytes.subarray(0, 1000), () => stop.abort()));
    const loading = loadWeights(MTCNN, 'float16', { modelsUrl: server.url, signal: stop.signal });
    expect(await rejectionCode(loading)).toBe('aborted');
  });

  it('says which precisions there are of a model that has not the one asked for', async () => {
    const loading = loadWeights(MTCNN, 'int8', { modelsUrl: 'http://unused.invalid/' });
    expect(await rejectionCode(loading)).toBe('weights/precision-missing');
    await expect(loading).rejects.toThrow('int8. Present: float32, float16.');
  });
});

describe('findFiles', () => {
  const find = async (answer: string, status = 200) =>
    findFiles((await serve((_, response) => response.writeHead(status).end(answer))).url);
  const none = new Map([FACENET, MOBILE_FACE_NET, MTCNN].map(({ id }) => [id, []]));

  it("finds what the folder's manifest lists, finest first, and passes over what the registry does not know", async () => {
    const names = [
      'mtcnn.float16.safetensors',
      'mobilefacenet-192.int8.safetensors',
      'mtcnn.float32.safetensors',
      'x.int8.safetensors',
    ];
    const { all, stored } = await find(writeManifest(names));
    expect(all).toEqual(new Map([...none, ['mobilefacenet-192', ['int8']], ['mtcnn', ['float32', 'float16']]]));
    expect(stored).toEqual(none);
  });

  it.each([
    ['absent', 'Not found', 404],
    ['a start page', '<!doctype html><title>x</title>', 200],
    ['of another form', '{"files": 1}', 200],
    ['endless', ' '.repeat(100_000), 200],
  ])('finds nothing where the manifest is %s', async (_, answer, status) => {
    expect((await find(answer, status)).all).toEqual(none);
  });
});

describe('choosing', () => {
  const files = (facenet: string[], mtcnn: string[] = ['float32', 'float16']): PresentFiles => {
    const all = new Map([
      [FACENET.id, facenet],
      [MOBILE_FACE_NET.id, ['float16', 'int8']],
      [MTCNN.id, mtcnn],
    ]) as PresentFiles['all'];
    return { all, stored: new Map(), trained: [] };
  };
  const all = files(['float32', 'float16', 'int8']);

  it('takes FaceNet where it is here, else the embedded network, and the model asked for in any case', () => {
    expect(chooseEmbedder(all)).toBe(FACENET);
    expect(chooseEmbedder(files([]))).toBe(MOBILE_FACE_NET);
    expect(chooseEmbedder(all, MOBILE_FACE_NET.id)).toBe(MOBILE_FACE_NET);
    expect(errorCode(() => chooseEmbedder(all, 'mtcnn'))).toBe('weights/unknown-model');
  });

  it('takes int8 on WASM, float16 on WebGPU, or the next best that is here', () => {
    expect(choosePrecision(FACENET, all, 'wasm')).toBe('int8');
    expect(choosePrecision(FACENET, all, 'webgpu')).toBe('float16');
    expect(choosePrecision(FACENET, files(['float32', 'float16']), 'wasm')).toBe('float16');
    expect(choosePrecision(FACENET, files(['int8']), 'webgpu')).toBe('int8');
  });

  it('never takes another precision than the one asked for', () => {
    expect(choosePrecision(FACENET, all, 'wasm', 'float32')).toBe('float32');
    expect(() => choosePrecision(FACENET, files(['float16', 'int8']), 'wasm', 'float32')).toThrow(
      'FaceNet (VGGFace2, 512 numbers) is not here in float32. Present: float16, int8.',
    );
    expect(errorCode(() => choosePrecision(MOBILE_FACE_NET, all, 'wasm', 'float32'))).toBe('weights/precision-missing');
  });

  it('takes the finest file of the detector, or the one asked for where there is such a file', () => {
    expect(choosePrecision(MTCNN, all, 'wasm')).toBe('float32');
    expect(choosePrecision(MTCNN, all, 'webgpu', 'float16')).toBe('float16');
    expect(choosePrecision(MTCNN, all, 'wasm', 'int8')).toBe('float32');
    expect(errorCode(() => choosePrecision(MTCNN, files([], []), 'wasm'))).toBe('weights/not-found');
    // MTCNN has no 8-bit file: the one that is missing is named.
    expect(() => choosePrecision(MTCNN, files([], []), 'wasm')).toThrow('mtcnn.float32.safetensors');
    expect(() => choosePrecision(FACENET, files([], []), 'wasm')).toThrow('facenet-20180402-114759.int8.safetensors');
  });

  it('shows what a download would take, and nothing for what comes with the app', () => {
    expect(modelPlace(FACENET, files([]))).toMatchObject({
      present: [],
      downloadBytes: 93_905_344,
      inBrowserStorage: false,
    });
    expect(modelPlace(MTCNN, all)).toMatchObject({ downloadBytes: 0, embeddingSize: null, threshold: null });
  });
});
