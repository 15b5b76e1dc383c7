import { afterEach, expect, test, vi } from 'vitest';
import { FaceNet } from '../../../src/client/faceNet';
import type { GalleryFace } from '../../../src/core/types';
import type { Progress } from '../../../src/core/call';

let client: FaceNet;
let made: number;
function open(): FaceNet {
  made = 0;
  client = new FaceNet({
    worker: () => {
      made++;
      return new Worker(new URL('./scripted.worker.ts', import.meta.url), { type: 'module' });
    },
  });
  return client;
}
afterEach(() => client.close());

const picture = new Blob(['x']);
const gallery: GalleryFace[] = ['ada', 'bo'].map((person) => ({
  person,
  embedding: { modelId: 'facenet', vector: new Float32Array(4) },
}));
/** What the worker received, once it has answered everything sent before. */
async function received() {
  await client.call('detect', { picture });
  const { tensors, wasmBytes, gpuBuffers } = await client.call('memory', {});
  return { people: tensors, started: wasmBytes === 1, far: gpuBuffers };
}

test('a call starts the worker, gets progress and an answer', async () => {
  open();
  expect(made).toBe(0);
  const seen: Progress[] = [];
  const state = await client.call('start', { model: 'facenet' }, { onProgress: (progress) => seen.push(progress) });
  expect(state.model).toBe('facenet');
  expect(seen).toEqual([{ stage: 'Loading', done: 1, total: 1, unit: 'steps' }]);
  await client.call('memory', {});
  expect(made).toBe(1);
});

test('a bitmap changes hands', async () => {
  const bitmap = await createImageBitmap(new ImageData(7, 5));
  const found = await open().call('detect', { picture: bitmap });
  expect(found).toMatchObject({ width: 7, height: 5 });
  expect(bitmap.width).toBe(0);
});

test('a bitmap is closed when its call is aborted before it is sent', async () => {
  open();
  const unsent = await createImageBitmap(new ImageData(7, 5));
  const call = client.call('detect', { picture: unsent }, { signal: AbortSignal.abort() });
  await expect(call).rejects.toMatchObject({ code: 'aborted' });
  expect(unsent.width).toBe(0);
});

test('a crash rejects every pending call, and the next worker is as the old one was', async () => {
  open();
  const crashes: Error[] = [];
  client.onCrash((error) => crashes.push(error));
  await client.call('start', { model: 'facenet', far: 0.01 });
  await client.call('setGallery', { faces: gallery });
  await client.call('setFar', { far: 0.5 });
  const pending = [
    client.call('detect', { picture, name: 'dies' }),
    client.call('detect', { picture }),
    client.call('start', { model: 'other' }),
  ];
  for (const call of pending)
    await expect(call).rejects.toMatchObject({
      code: 'worker/crashed',
      details: { reason: expect.stringContaining('died of detect') },
    });
  expect(crashes).toHaveLength(1);
  expect(await received()).toEqual({ people: 2, started: true, far: 0.5 });
  expect(made).toBe(2);
});

test('a WebAssembly trap replaces the worker', async () => {
  open();
  await client.call('start', { model: 'facenet' });
  const crashed = new Promise((resolve) => client.onCrash(resolve));
  await expect(client.call('detect', { picture, name: 'trap' })).rejects.toMatchObject({ code: 'internal' });
  await expect(crashed).resolves.toMatchObject({ code: 'worker/crashed' });
  expect(await received()).toMatchObject({ started: true });
  expect(made).toBe(2);
});

test('a start that kills its worker is not repeated', async () => {
  open();
  await expect(client.call('start', { model: 'dies' })).rejects.toMatchObject({ code: 'worker/crashed' });
  expect(made).toBe(1);
  expect(await received()).toMatchObject({ started: false });
  expect(made).toBe(2);
});

test('a start that kills the worker only when repeated is repeated once', async () => {
  open();
  const modelsUrl = `test-${crypto.randomUUID()}`;
  await client.call('start', { model: 'facenet', modelsUrl });
  let crashes = 0;
  client.onCrash(() => crashes++);
  await expect(client.call('detect', { picture, name: 'dies' })).rejects.toMatchObject({ code: 'worker/crashed' });
  await vi.waitFor(() => expect(crashes).toBe(2));
  expect(await received()).toMatchObject({ started: false });
  expect(made).toBe(3);
  await caches.delete(modelsUrl);
});

test('a worker whose script is missing rejects with worker/crashed, every time', async () => {
  made = 0;
  client = new FaceNet({
    worker: () => {
      made++;
      return new Worker('/no-such-worker.js');
    },
  });
  for (const expected of [1, 2]) {
    await expect(client.call('memory', {})).rejects.toMatchObject({ code: 'worker/crashed' });
    expect(made).toBe(expected);
  }
});

test('abort reaches the worker, and it handles the next call', async () => {
  open();
  const abort = new AbortController();
  const call = client.call('start', { model: 'hangs' }, { signal: abort.signal });
  setTimeout(() => abort.abort(), 50);
  await expect(call).rejects.toMatchObject({ code: 'aborted' });
  expect(await client.call('start', { model: 'facenet' })).toMatchObject({ model: 'facenet' });
});

test('close rejects what is pending and what is called later', async () => {
  open();
  const pending = client.call('detect', { picture, name: 'waits' });
  client.close();
  await expect(pending).rejects.toMatchObject({ code: 'aborted' });
  await expect(client.call('memory', {})).rejects.toMatchObject({ code: 'aborted' });
});

test('whoever unsubscribed is not notified of crashes', async () => {
  open();
  const callback = vi.fn();
  client.onCrash(callback)();
  await expect(client.call('detect', { picture, name: 'dies' })).rejects.toMatchObject({ code: 'worker/crashed' });
  expect(callback).not.toHaveBeenCalled();
});
