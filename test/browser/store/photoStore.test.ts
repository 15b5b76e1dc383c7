import { deleteDB } from 'idb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PhotoStore } from '../../../src/store/photoSchema';
import { openPhotoStore } from '../../../src/store/photoStore';
import { openStore } from '../../../src/store/store';
import { withRoom } from '../quota';
import { describePhotoStore, FOLDER, photo, photoFace } from '../../unit/store/photoStoreBehaviour';

const names: string[] = [];
const stores: PhotoStore[] = [];
function newName(): string {
  const name = `test-${crypto.randomUUID()}`;
  names.push(name);
  return name;
}
async function open(name = newName()): Promise<PhotoStore> {
  const store = await openPhotoStore(name);
  stores.push(store);
  return store;
}
afterEach(async () => {
  for (const store of stores.splice(0)) store.close();
  for (const name of names.splice(0)) await deleteDB(name);
});

describe('in IndexedDB', () => {
  describePhotoStore(() => open());

  test('a folder’s handle and its pictures are there when the page comes back', async () => {
    const name = newName();
    const handle = await navigator.storage.getDirectory();
    const store = await open(name);
    await store.putFolder({ ...FOLDER, kind: 'handle', handle });
    await store.savePhoto(photo('a.jpg'), null, [photoFace(1)]);
    store.close();
    const again = await open(name);
    const [folder] = await again.folders();
    expect(await folder!.handle!.isSameEntry(handle)).toBe(true);
    expect(await again.faces()).toHaveLength(1);
  });

  test('no room for a picture: store/full, what was known of it stays, and it is saved once there is room', async () => {
    const name = newName();
    const noise = crypto.getRandomValues(new Uint8Array(60_000));
    const big = new Blob(
      Array.from({ length: 100 }, () => noise),
      { type: 'image/jpeg' },
    );
    const large = { ...photoFace(2), crop: { ...photoFace(2).crop, picture: big } };
    const save = async (store: PhotoStore) =>
      store.savePhoto({ ...photo('a.jpg'), size: 11 }, null, [photoFace(3), large]);
    await withRoom(2_000_000, async () => {
      const store = await open(name);
      await store.putFolder(FOLDER);
      const [known] = await store.savePhoto(photo('a.jpg'), null, [photoFace(1)]);
      await expect(save(store)).rejects.toMatchObject({ code: 'store/full' });
      expect(await store.photos()).toMatchObject([{ size: 10 }]);
      expect(await store.faces()).toEqual([known]);
      expect(await store.crop(known!.id)).not.toBeNull();
    });
    const store = await open(name);
    await save(store);
    expect(await store.faces()).toHaveLength(2);
  });

  test('another tab hears of a write', async () => {
    const name = newName();
    const [a, b] = [await open(name), await open(name)];
    const heard = vi.fn();
    b.onChange(heard);
    await a.putFolder(FOLDER);
    await vi.waitFor(() => expect(heard).toHaveBeenCalled());
  });
});

test('a version-3 database keeps its people and runs, and gets the photo library', async () => {
  const name = newName();
  const old = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 3);
    request.onupgradeneeded = () => {
      const db = request.result;
      for (const id of ['people', 'settings', 'trainRuns', 'trainedModels'])
        db.createObjectStore(id, { keyPath: 'id' });
      db.createObjectStore('faces', { keyPath: 'id' }).createIndex('byPerson', 'personId');
      db.createObjectStore('checkpoints', { keyPath: 'runId' });
      db.createObjectStore('trainedFiles', { keyPath: 'id' }).createIndex('byModel', 'modelId');
      request.transaction!.objectStore('people').put({ id: 'p', name: 'Ada', createdAt: 1 });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  old.close();
  const photos = await open(name);
  await photos.savePhoto(photo('a.jpg'), null, [photoFace(1)]);
  expect(await photos.faces()).toHaveLength(1);
  const people = await openStore(name);
  expect(await people.people()).toMatchObject([{ name: 'Ada' }]);
  people.close();
});

test('a version-4 database keeps its pictures, whose content is not known yet; names that look alike are numbered', async () => {
  const name = newName();
  const { id, folderId, path, size, modified, takenAt, width, height, error } = photo('a.jpg');
  const rest = { id, folderId, path, size, modified, takenAt, width, height, error };
  const old = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 4);
    request.onupgradeneeded = () => {
      const db = request.result;
      const own = ['people', 'settings', 'trainRuns', 'trainedModels', 'photoFolders', 'photoThumbs', 'photoVectors'];
      for (const id of [...own, 'photoCrops']) db.createObjectStore(id, { keyPath: 'id' });
      db.createObjectStore('faces', { keyPath: 'id' }).createIndex('byPerson', 'personId');
      db.createObjectStore('checkpoints', { keyPath: 'runId' });
      db.createObjectStore('trainedFiles', { keyPath: 'id' }).createIndex('byModel', 'modelId');
      db.createObjectStore('photos', { keyPath: 'id' }).createIndex('byFolder', 'folderId');
      db.createObjectStore('photoFaces', { keyPath: 'id' }).createIndex('byPhoto', 'photoId');
      const put = (store: string, row: unknown) => request.transaction!.objectStore(store).put(row);
      put('photoFolders', { ...FOLDER, turned: true });
      put('photos', rest);
      const { box, score, quality, group } = photoFace(1);
      const face = { box, score, quality, group };
      put('photoFaces', { ...face, id: 'face', photoId: 'f/a.jpg', personId: 'p', confirmed: true });
      put('people', { id: 'p', name: 'Ada', createdAt: 1 });
      put('people', { id: 'q', name: 'A\u200bda', createdAt: 2 });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  old.close();
  const photos = await open(name);
  expect(await photos.photos()).toEqual([{ ...rest, sha256: null, lookedTurned: false }]);
  expect(await photos.faces()).toMatchObject([{ id: 'face', personId: 'p', confirmed: true }]);
  const people = await openStore(name);
  expect((await people.people()).map((person) => person.name)).toEqual(['Ada', 'A\u200bda (2)']);
  people.close();
});

test('a version-5 database keeps its pictures, and the faces that have no cohort mean yet are found', async () => {
  const name = newName();
  const { embedding } = photoFace(1);
  const old = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 5);
    request.onupgradeneeded = () => {
      const db = request.result;
      const own = ['people', 'settings', 'trainRuns', 'trainedModels', 'photoFolders', 'photoThumbs', 'photoVectors'];
      for (const id of [...own, 'photoCrops']) db.createObjectStore(id, { keyPath: 'id' });
      db.createObjectStore('faces', { keyPath: 'id' }).createIndex('byPerson', 'personId');
      db.createObjectStore('checkpoints', { keyPath: 'runId' });
      db.createObjectStore('trainedFiles', { keyPath: 'id' }).createIndex('byModel', 'modelId');
      db.createObjectStore('photos', { keyPath: 'id' }).createIndex('byFolder', 'folderId');
      db.createObjectStore('photoFaces', { keyPath: 'id' }).createIndex('byPhoto', 'photoId');
      request.transaction!.objectStore('photos').put(photo('a.jpg'));
      for (const id of ['x', 'y']) request.transaction!.objectStore('photoVectors').put({ id, embedding });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  old.close();
  const photos = await open(name);
  expect(await photos.photos()).toEqual([photo('a.jpg')]);
  expect(await photos.facesWithoutMean('c')).toEqual(['x', 'y']);
  const cohortMean = { cohort: 'c', mean: 0.1 };
  await photos.setCohortMeans('m', new Map([['x', cohortMean]]));
  expect(await photos.facesWithoutMean('c')).toEqual(['y']);
  expect(await photos.embeddings()).toEqual(
    new Map([
      ['x', { ...embedding, cohortMean }],
      ['y', embedding],
    ]),
  );
});
