import { deleteDB } from 'idb';
import { afterEach } from 'vitest';
import type { Store } from '../../../src/store/schema';
import { openStore } from '../../../src/store/store';

const names: string[] = [];
const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) store.close();
  for (const name of names.splice(0)) await deleteDB(name);
});

/** A database of its own, deleted after the test. */
export function newName(): string {
  const name = `test-${crypto.randomUUID()}`;
  names.push(name);
  return name;
}

/** The store of a database, closed after the test. */
export async function open(name = newName()): Promise<Store> {
  const store = await openStore(name);
  stores.push(store);
  return store;
}

/** Opens with the browser's own API alone, so that old versions owe nothing to the code under test. */
export function openRaw(
  name: string,
  version?: number,
  upgrade: (db: IDBDatabase, put: (table: string, row: unknown) => void) => void = () => {},
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = version === undefined ? indexedDB.open(name) : indexedDB.open(name, version);
    request.onupgradeneeded = () =>
      upgrade(request.result, (table, row) => void request.transaction!.objectStore(table).put(row));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('refused'));
  });
}

/** A database as version 2, 3, 4, 5 or 6 had it, with what `fill` puts into it; closed. */
export async function oldDatabase(
  version: 2 | 3 | 4 | 5 | 6,
  fill: (put: (table: string, row: unknown) => void) => void,
): Promise<string> {
  const name = newName();
  const old = await openRaw(name, version, (db, put) => {
    const make = (table: string, keyPath = 'id') => db.createObjectStore(table, { keyPath });
    make('people');
    make('faces').createIndex('byPerson', 'personId');
    make('settings');
    if (version >= 3) {
      make('trainRuns');
      make('checkpoints', 'runId');
      make('trainedModels');
      make('trainedFiles').createIndex('byModel', 'modelId');
    }
    if (version >= 4) {
      make('photoFolders');
      make('photos').createIndex('byFolder', 'folderId');
      make('photoThumbs');
      make('photoFaces').createIndex('byPhoto', 'photoId');
      const vectors = make('photoVectors');
      if (version >= 6) vectors.createIndex('byCohort', 'embedding.cohortMean.cohort');
      make('photoCrops');
    }
    fill(put);
  });
  old.close();
  return name;
}
