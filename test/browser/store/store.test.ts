import { deleteDB } from 'idb';
import { cdp } from 'vitest/browser';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { describeStore, marks, newFace } from '../../unit/store/storeBehaviour';
import { checkpoint, newRun } from '../../unit/store/trainStoreBehaviour';
import { withRoom } from '../quota';
import { newName, oldDatabase, open, openRaw } from './opened';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('in IndexedDB', () => {
  describeStore(() => open());

  test('what was saved is there when the page comes back', async () => {
    const name = newName();
    const store = await open(name);
    expect(store.persistent).toBe(true);
    await store.people.addPerson('Ada', [newFace(1)]);
    await store.settings.save({ cameraId: 'front' });
    store.close();
    const again = await open(name);
    expect(await again.people.list()).toMatchObject([{ name: 'Ada' }]);
    expect(marks(await again.people.faces())).toEqual([1]);
    expect(await again.settings.read()).toMatchObject({ cameraId: 'front' });
  });

  test('usage is in bytes', async () => {
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
    expect((await store.people.list()).map((person) => [person.id, person.name])).toEqual([
      ['p1', 'Ada'],
      ['p2', 'ADA (2)'],
      ['p3', 'Ada (2) (2)'],
    ]);
    const [face] = await store.people.facesOf('p2');
    expect(face).toMatchObject({ id: 'f1', source: { kind: 'picture', name: '' }, quality: oldFace.quality });
    expect(face!.embedding).toEqual(oldFace.embedding);
    expect([...new Uint8Array(await face!.crop.picture.arrayBuffer())]).toEqual([3, 2, 3]);
    expect(await store.settings.read()).toMatchObject({ backend: 'auto' });
    await store.people.addFaces('p1', [newFace(4)]);
    expect(await store.people.faces()).toHaveLength(2);
  });

  test('a version-2 database keeps its people and settings, and takes runs', async () => {
    const name = await oldDatabase(2, (put) => {
      put('people', { id: 'p1', name: 'Ada', createdAt: 10 });
      put('settings', { id: 'settings', cameraId: 'front' });
    });
    const { people, settings, training } = await open(name);
    await training.saveRun(newRun('a'));
    expect(await people.list()).toMatchObject([{ id: 'p1', name: 'Ada' }]);
    expect(await settings.read()).toMatchObject({ cameraId: 'front' });
    await people.addFaces('p1', [newFace(1)]);
    expect(marks(await people.faces())).toEqual([1]);
    expect(await training.runs()).toHaveLength(1);
  });

  test('a version-6 database keeps the checkpoint of a run, and what its photos were grouped by', async () => {
    const { meta, tensors } = checkpoint(3);
    const name = await oldDatabase(6, (put) => {
      put('settings', { id: 'settings', far: 0.01, photosGrouped: 'as it was' });
      put('trainRuns', newRun('a', { status: 'paused' }));
      put('checkpoints', { runId: 'a', meta, tensors, savedAt: 5 });
    });
    const { settings, photos, training } = await open(name);
    expect(await photos.groupedBy()).toBe('as it was');
    expect(await settings.read()).toMatchObject({ far: 0.01, mirrorCamera: true });
    expect(await settings.read()).not.toHaveProperty('photosGrouped');
    const sink = training.sink('a');
    expect(await sink.meta()).toBe(meta);
    expect(await sink.latest()).toEqual({ meta, tensors });
    await sink.save(checkpoint(4));
    expect(await sink.latest()).toEqual(checkpoint(4));
    await training.removeRun('a');
    expect(await sink.meta()).toBeNull();
  });

  test('a version-6 database whose photos were not grouped and that had no run', async () => {
    const name = await oldDatabase(6, (put) => put('settings', { id: 'settings', photosGrouped: null }));
    const { photos, training } = await open(name);
    expect(await photos.groupedBy()).toBeNull();
    expect(await training.sink('a').meta()).toBeNull();
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
    await expect(store.people.list()).rejects.toMatchObject({ code: 'store/newer-version' });
    newer.close();
  });
});

describe('several tabs', () => {
  test('a write in one is reported in the others, to the listeners of what it changed', async () => {
    const name = newName();
    const [here, there] = [await open(name), await open(name)];
    const others = vi.fn();
    for (const part of [there.people, there.photos, there.training]) part.onChange(others);
    const settings = new Promise<boolean>((resolve) => there.settings.onChange(resolve));
    await here.settings.save({ mirrorCamera: false });
    expect(await settings, 'elsewhere').toBe(true);
    expect(others).not.toHaveBeenCalled();
    const people = new Promise<boolean>((resolve) => there.people.onChange(resolve));
    await here.people.addPerson('Ada', []);
    expect(await people, 'elsewhere').toBe(true);
    expect(others).toHaveBeenCalledTimes(1);
    expect(await there.people.list()).toMatchObject([{ name: 'Ada' }]);
  });

  test('deleting the database in one empties the others, which continue', async () => {
    const name = newName();
    const [here, there] = [await open(name), await open(name)];
    await here.people.addPerson('Ada', [newFace(1)]);
    const parts = [there.people, there.settings, there.photos, there.training];
    const heard = parts.map((part) => new Promise((resolve) => part.onChange(resolve)));
    here.close();
    await deleteDB(name);
    expect(await Promise.all(heard)).toEqual([true, true, true, true]);
    expect(await there.people.list()).toEqual([]);
    await there.people.addPerson('Bo', []);
    await expect(here.people.list()).rejects.toThrow('the store is closed');
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
      ada = (await store.people.addPerson('Ada', [newFace(1)])).id;
      const small = newFace(3);
      await expect(store.people.addFaces(ada, [small, bigFace])).rejects.toMatchObject({ code: 'store/full' });
      await expect(store.people.addPerson('Bo', [small, bigFace])).rejects.toMatchObject({ code: 'store/full' });
      expect(marks(await store.people.faces())).toEqual([1]);
      expect(await store.people.list()).toMatchObject([{ name: 'Ada' }]);
    });
    const store = await open(name);
    await store.people.addFaces(ada, [bigFace]);
    expect(marks(await store.people.faces())).toEqual([1, 2]);
  });

  test('site data cleared while the app is open: reported, and the store continues empty', async () => {
    const store = await open();
    await store.people.addPerson('Ada', [newFace(1)]);
    const cleared = new Promise<void>((resolve) => store.people.onChange((elsewhere) => elsewhere && resolve()));
    await cdp().send('Storage.clearDataForOrigin', { origin: location.origin, storageTypes: 'indexeddb' });
    await cleared;
    await expect.poll(() => store.people.list()).toEqual([]);
    await store.people.addPerson('Bo', []);
    expect(await store.people.list()).toMatchObject([{ name: 'Bo' }]);
  });

  test.each(['SecurityError', 'InvalidStateError'])('storage denied with %s: people live in memory', async (name) => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('denied', name);
    });
    const store = await open();
    expect(store.persistent).toBe(false);
    await store.people.addPerson('Ada', [newFace(1)]);
    expect(marks(await store.people.faces())).toEqual([1]);
  });

  test('no IndexedDB at all: people live in memory', async () => {
    vi.stubGlobal('indexedDB', undefined);
    expect((await open()).persistent).toBe(false);
  });
});
