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
