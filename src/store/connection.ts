/** The connection to IndexedDB: opening with upgrades, reopening after a loss, and transactions that are all or nothing. */
import { openDB, type IDBPDatabase, type IDBPTransaction } from 'idb';
import { FaceError, toFaceError } from '../core/errors';
import type { FaceDb, TableName } from './faceDb';
import { DATABASE_VERSION, migrate } from './migrations';

type OpenDatabase = IDBPDatabase<FaceDb>;
type Mode = 'readonly' | 'readwrite';
export type Transaction<N extends TableName> = IDBPTransaction<FaceDb, N[], Mode>;

/** What browsers throw where a page may store nothing: storage blocked, private windows of some, a sandboxed frame. */
const DENIED = new Set(['SecurityError', 'InvalidStateError', 'UnknownError', 'NotAllowedError']);

/** Whether that is why opening the database failed. */
export function storesNothing(thrown: unknown): boolean {
  return !(thrown instanceof FaceError) && thrown instanceof DOMException && DENIED.has(thrown.name);
}

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
function connectDatabase(name: string, onLost: (why: Loss) => void): Promise<OpenDatabase> {
  return new Promise((resolve, reject) => {
    let refused = false;
    const refuse = (error: unknown) => {
      refused = true;
      reject(error);
    };
    openDB<FaceDb>(name, DATABASE_VERSION, {
      upgrade(db, oldVersion, _newVersion, transaction) {
        transaction.done.catch(() => {}); // the open request reports it too
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

export interface Connection {
  /** Begins a transaction; the database is opened again where another tab or the browser has deleted it. */
  readonly begin: <N extends TableName>(names: readonly N[], mode: Mode) => Promise<Transaction<N>>;
  /** Closes it permanently. */
  release(): Promise<void>;
}

/**
 * Opens the database of that name, upgrading it. Rejects with what the browser throws where it keeps nothing, or with
 * `store/blocked`, `store/newer-version` or `store/full`. `onReplaced`: the content was deleted from outside.
 */
export async function openConnection(name: string, onReplaced: () => void): Promise<Connection> {
  let gone: FaceError | null = null;
  let connection: Promise<OpenDatabase> | null = null;

  const onLost = (why: Loss) => {
    connection = null;
    if (why === 'upgraded') gone = new FaceError('store/newer-version');
    onReplaced();
  };
  function database(): Promise<OpenDatabase> {
    if (gone) return Promise.reject(gone);
    connection ??= connectDatabase(name, onLost).catch((thrown: unknown) => {
      connection = null; // so that the next use tries again
      throw thrown;
    });
    return connection;
  }
  async function begin<N extends TableName>(names: readonly N[], mode: Mode): Promise<Transaction<N>> {
    try {
      return (await database()).transaction([...names], mode);
    } catch (thrown) {
      // Closed from outside a moment ago; the event has not arrived yet.
      if (!(thrown instanceof DOMException) || thrown.name !== 'InvalidStateError') throw thrown;
      connection = null;
      return (await database()).transaction([...names], mode);
    }
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
  return { begin, release };
}

/** Runs `body` in one transaction. Throws as `body` and the browser, `store/full`, `store/newer-version`. */
export async function inTransaction<N extends TableName, R>(
  { begin }: Connection,
  names: readonly N[],
  mode: Mode,
  body: (transaction: Transaction<N>) => Promise<R>,
): Promise<R> {
  const transaction = await begin(names, mode).catch((thrown: unknown) => {
    throw storeError(thrown);
  });
  const done = transaction.done.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  try {
    const result = await body(transaction);
    const failure = await done;
    if (failure) throw failure as Error;
    return result;
  } catch (thrown) {
    throw await abortedBecause(transaction, done, thrown);
  }
}

/** Ends a transaction whose body threw. Gives the error to throw: its own reason where a request says AbortError. */
async function abortedBecause(
  transaction: { abort(): void; readonly error: DOMException | null },
  done: Promise<unknown>,
  thrown: unknown,
): Promise<FaceError> {
  if (!transaction.error) {
    try {
      transaction.abort();
    } catch {
      // it has ended already
    }
  }
  const failure = await done;
  return thrown instanceof FaceError ? thrown : storeError(transaction.error ?? failure ?? thrown);
}
