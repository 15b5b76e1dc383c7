import { deleteDB } from 'idb';
import { FaceError } from '../core/errors';
import { abortedBecause, databaseConnection, storeError } from './connection';
import type { Backing, PagedTable, PagedWriteTable } from './tables';

const STORES = ['people', 'faces', 'settings'] as const;

interface Reads<Row> {
  get(id: string): Promise<Row | undefined>;
  count(): Promise<number>;
  getAll(range?: IDBKeyRange | null, count?: number): Promise<Row[]>;
}
interface Writes<Row> extends Reads<Row> {
  put(row: Row): Promise<unknown>;
  delete(id: string): Promise<void>;
  clear(): Promise<void>;
}

function readTable<Row>(store: Reads<Row>): PagedTable<Row> {
  return {
    get: (id) => store.get(id),
    all: () => store.getAll(),
    count: () => store.count(),
    page: (after, limit) => store.getAll(after === null ? null : IDBKeyRange.lowerBound(after, true), limit),
  };
}
function writeTable<Row>(store: Writes<Row>): PagedWriteTable<Row> {
  return {
    ...readTable(store),
    put: (row) => store.put(row),
    delete: (id) => store.delete(id),
    clear: () => store.clear(),
  };
}

/** A transaction ends by itself when it has nothing to do: it is asked for something small until `work` has ended. */
async function whileAsking<R>(work: Promise<R>, ask: () => Promise<unknown>): Promise<R> {
  let running = true;
  const end = () => {
    running = false;
  };
  work.then(end, end);
  while (running) await ask();
  return work;
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
      const settings = transaction.objectStore('settings');
      try {
        const result = await body({
          people: writeTable(transaction.objectStore('people')),
          faces: { ...writeTable(faces), ofPerson: (id) => faces.index('byPerson').getAll(id) },
          settings: writeTable(settings),
          waitFor: (work) => whileAsking(work, () => settings.count()),
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
