import { expect, test } from 'vitest';
import type { NewFace } from '../../../src/store/schema';
import { storedModel } from '../../fixtures/storedModel';
import { FOLDER, photo, photoFace } from '../../unit/store/photoStoreBehaviour';
import { newFace } from '../../unit/store/storeBehaviour';
import { newRun } from '../../unit/store/trainStoreBehaviour';
import { withRoom } from '../quota';
import { open } from './opened';

const PASSPHRASE = 'ten thousand faces';

/** A face with a crop of some bytes, all of the same content: many share one Blob. */
function faceWith(mark: number, picture: Blob): NewFace {
  const face = newFace(mark);
  return { ...face, crop: { ...face.crop, picture } };
}
/** How much is read at once, counted where the browser is asked. */
function countLargestRead(table: string) {
  const proto = IDBObjectStore.prototype;
  const original = proto.getAll;
  let largest = 0;
  proto.getAll = function (this: IDBObjectStore, ...args: Parameters<typeof original>) {
    const request = original.apply(this, args);
    if (this.name === table)
      request.addEventListener('success', () => (largest = Math.max(largest, request.result.length)));
    return request;
  };
  return {
    get largest() {
      return largest;
    },
    end() {
      proto.getAll = original;
    },
  };
}

test('10,000 faces are written and restored page by page, in one transaction', async () => {
  const source = await open();
  const picture = new Blob([new Uint8Array(2_000).fill(7)], { type: 'image/jpeg' });
  for (let person = 0; person < 10; person++)
    await source.people.addPerson(
      `Person ${person}`,
      Array.from({ length: 1_000 }, (_, i) => faceWith(person * 1_000 + i, picture)),
    );
  const reads = countLargestRead('faces');
  let file: Blob;
  const target = await open();
  try {
    file = await source.writeBackup(PASSPHRASE);
    expect(file.size).toBeGreaterThan(20_000_000);
    const checked = await target.checkBackup(file, 'b', PASSPHRASE);
    expect(checked.summary).toMatchObject({ people: 10, faces: 10_000 });
    let writes = 0;
    target.people.onChange(() => writes++);
    await checked.restore('replace');
    expect(writes, 'one write').toBe(1);
    expect(reads.largest, 'faces read at once').toBeLessThanOrEqual(64);
  } finally {
    reads.end();
  }
  const faces = await target.people.faces();
  expect(faces).toHaveLength(10_000);
  expect(new Set(faces.map(({ embedding }) => embedding.vector[0])).size).toBe(10_000);
  expect((await target.people.list()).map(({ name }) => name).sort()[9]).toBe('Person 9');
});

test('a library of 200 pictures and a model of two files come back, page by page; a folder keeps its handle; all listeners hear of it', async () => {
  const source = await open();
  const ada = await source.people.addPerson('Ada', [newFace(1)]);
  await source.photos.putFolder({ ...FOLDER, kind: 'handle', handle: await navigator.storage.getDirectory() });
  const known = { ...photoFace(1), personId: ada.id, confirmed: true };
  for (let i = 0; i < 200; i++)
    await source.photos.savePhoto(photo(`${i}.jpg`), new Blob([new Uint8Array([i])], { type: 'image/jpeg' }), [known]);
  const { record: model, files } = await storedModel(['float32', 'int8']);
  await source.training.saveModel(model, files);
  await source.training.saveRun(newRun('r', { status: 'accepted', modelId: model.id }));
  const reads = countLargestRead('photos');
  let file: Blob;
  try {
    file = await source.writeBackup(PASSPHRASE);
  } finally {
    reads.end();
  }
  expect(reads.largest, 'pictures read at once').toBe(64);

  const target = await open();
  await target.photos.putFolder({ ...FOLDER, kind: 'handle', handle: await navigator.storage.getDirectory() });
  await target.photos.savePhoto(photo('gone.jpg'), null, [photoFace(9)]);
  const parts = [target.people, target.photos, target.training];
  const heard = parts.map((part) => new Promise((resolve) => part.onChange(resolve)));
  await (await target.checkBackup(file, 'b', PASSPHRASE)).restore('replace');
  expect(await Promise.all(heard)).toEqual([false, false, false]);
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  expect((await target.photos.photos()).sort(byId)).toEqual((await source.photos.photos()).sort(byId));
  expect((await target.photos.faces()).sort(byId)).toEqual((await source.photos.faces()).sort(byId));
  expect(await target.photos.embeddings()).toEqual(await source.photos.embeddings());
  const [face] = await target.photos.faces();
  expect(await target.photos.crop(face!.id)).toEqual(await source.photos.crop(face!.id));
  expect(new Uint8Array(await (await target.photos.thumbnail('f/77.jpg'))!.arrayBuffer())).toEqual(
    new Uint8Array([77]),
  );
  expect(await target.photos.folders()).toMatchObject([{ id: 'f', kind: 'handle', handle: expect.anything() }]);
  expect(await target.training.models()).toEqual([model]);
  for (const [precision, bytes] of files)
    expect(indexedDB.cmp(await target.training.modelFile(model.id, precision), bytes), 'the same bytes').toBe(0);
  expect(await target.training.runs()).toMatchObject([{ id: 'r', status: 'accepted' }]);
});

test('no room for a restore, or stopped in its middle: what was here is as it was', async () => {
  const source = await open();
  const picture = new Blob([crypto.getRandomValues(new Uint8Array(60_000))], { type: 'image/jpeg' });
  await source.people.addPerson(
    'Many',
    Array.from({ length: 100 }, (_, i) => faceWith(i, picture)),
  );
  const file = await source.writeBackup(PASSPHRASE);
  source.close();
  await withRoom(2_000_000, async () => {
    const store = await open();
    await store.people.addPerson('Ada', [newFace(1)]);
    const checked = await store.checkBackup(file, 'b', PASSPHRASE);
    await expect(checked.restore('replace')).rejects.toMatchObject({ code: 'store/full' });
    expect(await store.people.list()).toMatchObject([{ name: 'Ada' }]);
    const abort = new AbortController();
    const restoring = checked.restore('replace', { signal: abort.signal, onProgress: () => abort.abort() });
    await expect(restoring).rejects.toMatchObject({ code: 'aborted' });
    expect(await store.people.list()).toMatchObject([{ name: 'Ada' }]);
    expect(await store.people.faces()).toHaveLength(1);
  });
});
