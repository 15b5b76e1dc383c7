import { deleteDB } from 'idb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openStore } from '../../../src/store/store';
import type { TrainStore } from '../../../src/store/trainSchema';
import { openTrainStore } from '../../../src/store/trainStore';
import { marks, newFace } from '../../unit/store/storeBehaviour';
import { checkpoint, describeTrainStore, newModel, newRun } from '../../unit/store/trainStoreBehaviour';
import { withRoom } from '../quota';

const names: string[] = [];
const stores: { close(): void }[] = [];
function newName(): string {
  const name = `test-${crypto.randomUUID()}`;
  names.push(name);
  return name;
}
async function open(name = newName()): Promise<TrainStore> {
  const store = await openTrainStore(name);
  stores.push(store);
  return store;
}
afterEach(async () => {
  vi.restoreAllMocks();
  for (const store of stores.splice(0)) store.close();
  for (const name of names.splice(0)) await deleteDB(name);
});

/** What cannot be compressed away. */
function noise(bytes: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536));
  return data;
}

describe('in IndexedDB', () => {
  describeTrainStore(() => open());

  test('runs, checkpoints and models are there when the page comes back, and in other tabs', async () => {
    const name = newName();
    const [store, other] = [await open(name), await open(name)];
    expect(store.persistent).toBe(true);
    const told = new Promise<void>((resolve) => other.onChange(resolve));
    await store.saveRun(newRun('a', { step: 3 }));
    await store.sink('a').save(checkpoint(3));
    await store.saveModel(newModel('m'), new Map([['float16', new Uint8Array([7])]]));
    await told;
    expect(await other.run('a')).toMatchObject({ step: 3 });
    store.close();
    const again = await open(name);
    expect(await again.sink('a').latest()).toEqual(checkpoint(3));
    expect(await again.modelFile('m', 'float16')).toEqual(new Uint8Array([7]));
  });

  test('a version-2 database keeps its people, and takes runs', async () => {
    const name = newName();
    // The browser's own API alone, so that the old shape owes nothing to the code under test.
    const old = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name, 2);
      request.onupgradeneeded = () => {
        const db = request.result;
        db.createObjectStore('people', { keyPath: 'id' }).put({ id: 'p1', name: 'Ada', createdAt: 10 });
        db.createObjectStore('faces', { keyPath: 'id' }).createIndex('byPerson', 'personId');
        db.createObjectStore('settings', { keyPath: 'id' }).put({ id: 'settings', cameraId: 'front' });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    old.close();
    const store = await open(name);
    await store.saveRun(newRun('a'));
    const people = await openStore(name);
    stores.push(people);
    expect(await people.people()).toMatchObject([{ id: 'p1', name: 'Ada' }]);
    expect(await people.settings()).toMatchObject({ cameraId: 'front' });
    await people.addFaces('p1', [newFace(1)]);
    expect(marks(await people.faces())).toEqual([1]);
    expect(await store.runs()).toHaveLength(1);
  });

  test('no room for a checkpoint: store/full, and the one before is kept', async () => {
    const name = newName();
    await withRoom(4_000_000, async () => {
      const sink = (await open(name)).sink('a');
      await sink.save(checkpoint(1, 1000));
      await expect(sink.save({ meta: '{}', tensors: noise(8_000_000) })).rejects.toMatchObject({ code: 'store/full' });
      expect(await sink.latest()).toEqual(checkpoint(1, 1000));
    });
  });

  test('no room for a model: store/full, and nothing is half written', async () => {
    const name = newName();
    await withRoom(4_000_000, async () => {
      const store = await open(name);
      const files = new Map([
        ['float16', new Uint8Array([1])],
        ['int8', noise(8_000_000)],
      ] as const);
      await expect(store.saveModel(newModel('m'), files)).rejects.toMatchObject({ code: 'store/full' });
      expect(await store.models()).toEqual([]);
      await expect(store.modelFile('m', 'float16')).rejects.toMatchObject({ code: 'store/not-found' });
    });
  });

  test('storage denied: runs live in memory', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    const store = await open();
    expect(store.persistent).toBe(false);
    await store.saveRun(newRun('a'));
    expect(await store.runs()).toHaveLength(1);
  });
});
