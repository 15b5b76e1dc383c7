import { deleteDB } from 'idb';
import { cdp } from 'vitest/browser';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Store } from '../../../src/store/schema';
import { openStore } from '../../../src/store/store';
import { withRoom } from '../quota';
import { describeStore, marks, newFace } from '../../unit/store/storeBehaviour';

const names: string[] = [];
const stores: Store[] = [];
function newName(): string {
  const name = `test-${crypto.randomUUID()}`;
  names.push(name);
  return name;
}
async function open(name = newName()): Promise<Store> {
  const store = await openStore(name);
  stores.push(store);
  return store;
}
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const store of stores.splice(0)) store.close();
  for (const name of names.splice(0)) await deleteDB(name);
});

/** Opens with the browser's own API alone, so that the old shapes owe nothing to the code under test. */
function openRaw(name: string, version?: number, upgrade: (db: IDBDatabase) => void = () => {}): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

describe('in IndexedDB', () => {
  describeStore(() => open());

  test('what was saved is there when the page comes back', async () => {
    const name = newName();
    const store = await open(name);
    expect(store.persistent).toBe(true);
    await store.addPerson('Ada', [newFace(1)]);
    await store.saveSettings({ cameraId: 'front' });
    store.close();
    const again = await open(name);
    expect(await again.people()).toMatchObject([{ name: 'Ada' }]);
    expect(marks(await again.faces())).toEqual([1]);
    expect(await again.settings()).toMatchObject({ cameraId: 'front' });
  });

  test('usage is told in bytes', async () => {
    const { used, quota } = await (await open()).usage();
    expect(used).toBeGreaterThan(0);
    expect(quota).toBeGreaterThan(used);
  });
});

describe('upgrades', () => {
  test('a version-1 database keeps its people and faces', async () => {
    const name = newName();
    const { source, ...oldFace } = newFace(3);
    expect(source).toBeDefined();
    const old = await openRaw(name, 1, (db) => {
      db.createObjectStore('people', { keyPath: 'id' });
      db.createObjectStore('faces', { keyPath: 'id' }).createIndex('byPerson', 'personId');
    });
    const transaction = old.transaction(['people', 'faces'], 'readwrite');
    const people = transaction.objectStore('people');
    // Version 1 let two people have one name.
    people.put({ id: 'p2', name: 'ADA', createdAt: 20 });
    people.put({ id: 'p1', name: 'Ada', createdAt: 10 });
    people.put({ id: 'p3', name: 'Ada (2)', createdAt: 30 });
    const crop = {
      bytes: new Uint8Array([3, 2, 3]).buffer,
      type: 'image/jpeg',
      scale: 1,
      detection: oldFace.crop.detection,
    };
    transaction.objectStore('faces').put({ ...oldFace, crop, id: 'f1', personId: 'p2', createdAt: 21 });
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    old.close();

    const store = await open(name);
    expect((await store.people()).map((person) => [person.id, person.name])).toEqual([
      ['p1', 'Ada'],
      ['p2', 'ADA (2)'],
      ['p3', 'Ada (2) (2)'],
    ]);
    const [face] = await store.facesOf('p2');
    expect(face).toMatchObject({ id: 'f1', source: { kind: 'picture', name: '' }, quality: oldFace.quality });
    expect(face!.embedding).toEqual(oldFace.embedding);
    expect([...new Uint8Array(await face!.crop.picture.arrayBuffer())]).toEqual([3, 2, 3]);
    expect(await store.settings()).toMatchObject({ backend: 'auto' });
    await store.addFaces('p1', [newFace(4)]);
    expect(await store.faces()).toHaveLength(2);
  });

  test('a step that fails leaves the old database as it was', async () => {
    const name = newName();
    const old = await openRaw(name, 1, (db) => {
      db.createObjectStore('people', { keyPath: 'id' }).put({ id: 'p1', name: 'Ada', createdAt: 10 });
    });
    old.close();
    await expect(open(name)).rejects.toThrow(); // it has no faces to upgrade
    const after = await openRaw(name, 1);
    expect([...after.objectStoreNames]).toEqual(['people']);
    after.close();
  });

  test('a database of a newer version is left alone: store/newer-version', async () => {
    const name = newName();
    (await openRaw(name, 99)).close();
    await expect(open(name)).rejects.toMatchObject({ code: 'store/newer-version' });
  });

  test('an older tab that stays open is store/blocked; once it is closed the store opens', async () => {
    const name = newName();
    const old = await openRaw(name, 1, (db) => {
      db.createObjectStore('people', { keyPath: 'id' });
      db.createObjectStore('faces', { keyPath: 'id' }).createIndex('byPerson', 'personId');
    });
    await expect(open(name)).rejects.toMatchObject({ code: 'store/blocked' });
    old.close();
    expect((await open(name)).persistent).toBe(true);
  });

  test('a newer tab gets the database at once, and this one says store/newer-version', async () => {
    const name = newName();
    const store = await open(name);
    const newer = await openRaw(name, 99);
    await expect(store.people()).rejects.toMatchObject({ code: 'store/newer-version' });
    newer.close();
  });
});

describe('several tabs', () => {
  test('a write in one is told in the others', async () => {
    const name = newName();
    const [here, there] = [await open(name), await open(name)];
    const told = new Promise<void>((resolve) => there.onChange(resolve));
    await here.addPerson('Ada', []);
    await told;
    expect(await there.people()).toMatchObject([{ name: 'Ada' }]);
  });

  test('deleting everything in one empties the others, which go on', async () => {
    const name = newName();
    const [here, there] = [await open(name), await open(name)];
    await here.addPerson('Ada', [newFace(1)]);
    const told = new Promise<void>((resolve) => there.onChange(resolve));
    await here.deleteEverything();
    await told;
    expect(await there.people()).toEqual([]);
    await there.addPerson('Bo', []);
    await expect(here.people()).rejects.toThrow('the store is closed');
  });

  test('the database itself is gone afterwards', async () => {
    const name = newName();
    const store = await open(name);
    await store.addPerson('Ada', []);
    await store.deleteEverything();
    expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(name);
  });

  test('a tab that does not let go of the database makes deleting store/blocked', async () => {
    const name = newName();
    const store = await open(name);
    const stubborn = await openRaw(name);
    await expect(store.deleteEverything()).rejects.toMatchObject({ code: 'store/blocked' });
    stubborn.close();
  });
});

describe('a browser that refuses', () => {
  test('no room: store/full, and nothing is half written', async () => {
    const big = newFace(2);
    const noise = new Uint8Array(4_000_000);
    for (let at = 0; at < noise.length; at += 65_536) crypto.getRandomValues(noise.subarray(at, at + 65_536));
    const bigFace = { ...big, crop: { ...big.crop, picture: new Blob([noise]) } };
    const name = newName();
    let ada = '';
    await withRoom(2_000_000, async () => {
      const store = await open(name);
      ada = (await store.addPerson('Ada', [newFace(1)])).id;
      const small = newFace(3);
      await expect(store.addFaces(ada, [small, bigFace])).rejects.toMatchObject({ code: 'store/full' });
      await expect(store.addPerson('Bo', [small, bigFace])).rejects.toMatchObject({ code: 'store/full' });
      expect(marks(await store.faces())).toEqual([1]);
      expect(await store.people()).toMatchObject([{ name: 'Ada' }]);
    });
    const store = await open(name);
    await store.addFaces(ada, [bigFace]);
    expect(marks(await store.faces())).toEqual([1, 2]);
  });

  test('site data cleared while the app is open: told, and the store goes on empty', async () => {
    const store = await open();
    await store.addPerson('Ada', [newFace(1)]);
    const told = new Promise<void>((resolve) => store.onChange(resolve));
    await cdp().send('Storage.clearDataForOrigin', { origin: location.origin, storageTypes: 'indexeddb' });
    await told;
    // The person just added is told too, perhaps only now.
    await expect.poll(() => store.people()).toEqual([]);
    await store.addPerson('Bo', []);
    expect(await store.people()).toMatchObject([{ name: 'Bo' }]);
  });

  test.each(['SecurityError', 'InvalidStateError'])('storage denied with %s: people live in memory', async (name) => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('denied', name);
    });
    const store = await open();
    expect(store.persistent).toBe(false);
    await store.addPerson('Ada', [newFace(1)]);
    expect(marks(await store.faces())).toEqual([1]);
  });

  test('no IndexedDB at all: people live in memory', async () => {
    vi.stubGlobal('indexedDB', undefined);
    expect((await open()).persistent).toBe(false);
  });
});
