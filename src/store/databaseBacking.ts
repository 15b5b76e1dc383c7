import { deleteDB } from 'idb';
import { FaceError } from '../core/errors';
import { abortedBecause, databaseConnection, storeError } from './connection';
import type { Backing, ReadTable, WriteTable } from './tables';

const STORES = ['people', 'faces', 'settings'] as const;

function readTable<Row>(store: {
  get(id: string): Promise<Row | undefined>;
  getAll(): Promise<Row[]>;
}): ReadTable<Row> {
  return { get: (id) => store.get(id), all: () => store.getAll() };
}
function writeTable<Row>(
  store: Parameters<typeof readTable<Row>>[0] & { put(row: Row): Promise<unknown>; delete(id: string): Promise<void> },
): WriteTable<Row> {
  return { ...readTable(store), put: (row) => store.put(row), delete: (id) => store.delete(id) };
}

/**
 * The tables in IndexedDB. Rejects with what the browser throws where it keeps nothing, or with `store/blocked`,
 * `store/newer-version` or `store/full`. `onReplaced` is called when another tab, or the browser itself, has deleted
 * the content; the next use then finds it empty.
 */
export async function databaseBacking(name: string, onReplaced: () => void): Promise<Backing> {
  const { database, release } = await databaseConnection(name, onReplaced);

  return {
    persistent: true,
    async read(body) {
      try {
        const transaction = (await database()).transaction(STORES);
        transaction.done.catch(() => {}); // told by the requests too
        const faces = transaction.objectStore('faces');
        return await body({
          people: readTable(transaction.objectStore('people')),
          faces: { ...readTable(faces), ofPerson: (id) => faces.index('byPerson').getAll(id) },
          settings: readTable(transaction.objectStore('settings')),
        });
      } catch (thrown) {
        throw storeError(thrown);
      }
    },
    async write(body) {
      const transaction = (await database()).transaction(STORES, 'readwrite');
      const done = transaction.done.catch((thrown: unknown) => thrown);
      const faces = transaction.objectStore('faces');
      try {
        const result = await body({
          people: writeTable(transaction.objectStore('people')),
          faces: { ...writeTable(faces), ofPerson: (id) => faces.index('byPerson').getAll(id) },
          settings: writeTable(transaction.objectStore('settings')),
        });
        const failure = await done;
        if (failure) throw failure;
        return result;
      } catch (thrown) {
        throw await abortedBecause(transaction, done, thrown);
      }
    },
    async deleteEverything() {
      await release();
      await new Promise<void>((resolve, reject) => {
        deleteDB(name, { blocked: () => reject(new FaceError('store/blocked')) }).then(resolve, reject);
      });
    },
    close: () => void release(),
  };
}
