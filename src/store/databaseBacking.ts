import { deleteDB, openDB, type IDBPDatabase } from 'idb';
import { FaceError, toFaceError } from '../core/errors';
import { DATABASE_VERSION, migrate, type FaceDb } from './migrations';
import type { Backing, ReadTable, WriteTable } from './tables';

const STORES = ['people', 'faces', 'settings'] as const;
type Database = IDBPDatabase<FaceDb>;

/** What the browser threw, as the error that a person can act on. */
function storeError(thrown: unknown): FaceError {
  const name = thrown instanceof DOMException ? thrown.name : '';
  if (name === 'QuotaExceededError') return new FaceError('store/full', {}, { cause: thrown });
  if (name === 'VersionError') return new FaceError('store/newer-version', {}, { cause: thrown });
  return toFaceError(thrown);
}

/** Why a connection was closed from outside: the content is gone, or a newer version of the app has taken it over. */
type Loss = 'deleted' | 'upgraded';

/** Opens and upgrades; rejects with what the browser throws, or `store/blocked`. `onLost`: the connection is closed. */
function connectDatabase(name: string, onLost: (why: Loss) => void): Promise<Database> {
  return new Promise((resolve, reject) => {
    let refused = false;
    const refuse = (error: unknown) => {
      refused = true;
      reject(error);
    };
    openDB<FaceDb>(name, DATABASE_VERSION, {
      upgrade(db, oldVersion, _newVersion, transaction) {
        transaction.done.catch(() => {}); // told by the open request too
        migrate(db, oldVersion, transaction).catch((thrown: unknown) => {
          refuse(thrown);
          transaction.abort();
        });
      },
      blocked: () => refuse(new FaceError('store/blocked')),
      // Another tab deletes or upgrades the database, which waits until this connection is closed.
      blocking(_version, wanted, event) {
        if (event.target instanceof IDBDatabase) event.target.close();
        onLost(wanted === null ? 'deleted' : 'upgraded');
      },
      terminated: () => onLost('deleted'),
    }).then((db) => {
      if (refused) db.close();
      else resolve(db);
    }, refuse);
  });
}

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
  let gone: FaceError | null = null;
  let connection: Promise<Database> | null = null;

  const onLost = (why: Loss) => {
    connection = null;
    if (why === 'upgraded') gone = new FaceError('store/newer-version');
    onReplaced();
  };
  function database(): Promise<Database> {
    if (gone) return Promise.reject(gone);
    connection ??= connectDatabase(name, onLost).catch((thrown: unknown) => {
      connection = null; // so that the next use tries again
      throw thrown;
    });
    return connection;
  }
  async function release(): Promise<void> {
    gone ??= new FaceError('internal', { reason: 'the store is closed' });
    const open = connection;
    connection = null;
    (await open)?.close();
  }
  await database().catch((thrown: unknown) => {
    const error = storeError(thrown);
    throw error.code === 'internal' ? thrown : error;
  });

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
        if (!transaction.error) abort(transaction);
        const failure = await done;
        // A request that fails with its transaction says only AbortError; the transaction knows the reason.
        throw thrown instanceof FaceError ? thrown : storeError(transaction.error ?? failure ?? thrown);
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

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // it has ended already
  }
}
