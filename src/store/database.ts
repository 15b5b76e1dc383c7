/** The tables in IndexedDB. */
import { inTransaction, openConnection, type Transaction } from './connection';
import type { Database, Row, Table, TableName, Tables, WaitFor } from './faceDb';

/**
 * Opens the database of that name, upgrading it. Rejects with what the browser throws where it stores nothing
 * (`storesNothing`), or with `store/blocked`, `store/newer-version` or `store/full`. `onReplaced` is called when another
 * tab, or the browser itself, has deleted the content; the next use then finds it empty.
 */
export async function openDatabase(name: string, onReplaced: () => void): Promise<Database> {
  const connection = await openConnection(name, onReplaced);
  return {
    persistent: true,
    read: (names, body) =>
      inTransaction(connection, names, 'readonly', (transaction) => body(tablesOf(names, transaction))),
    write: (names, body) =>
      inTransaction(connection, names, 'readwrite', (transaction) =>
        body(tablesOf(names, transaction), keepOpen(transaction, names[0]!)),
      ),
    close: () => void connection.release(),
  };
}

function tablesOf<N extends TableName>(names: readonly N[], transaction: Transaction<N>): Tables<N> {
  return Object.fromEntries(names.map((name) => [name, table(transaction, name)])) as unknown as Tables<N>;
}

/** `put`, `delete` and `clear` throw in a transaction that only reads; its body is given the type without them. */
function table<N extends TableName>(transaction: Transaction<N>, name: N): Table<N> {
  const store = transaction.objectStore(name);
  return {
    get: (id) => store.get(id),
    all: () => store.getAll(),
    ids: () => store.getAllKeys(),
    count: () => store.count(),
    page: (after, limit) => store.getAll(after === null ? null : IDBKeyRange.lowerBound(after, true), limit),
    by: (index, key) => store.index(index).getAll(IDBKeyRange.only(key)),
    idsBy: (index, key) => store.index(index).getAllKeys(IDBKeyRange.only(key)),
    countBy: (index, key) => store.index(index).count(IDBKeyRange.only(key)),
    put: (row: Row<N>) => store.put!(row),
    delete: (id) => store.delete!(id),
    clear: () => store.clear!(),
  };
}

/** A transaction ends by itself when it has nothing to do, so it is asked for something small until `work` has ended. */
function keepOpen<N extends TableName>(transaction: Transaction<N>, name: N): WaitFor {
  return async (work) => {
    let running = true as boolean;
    const end = () => {
      running = false;
    };
    work.then(end, end);
    while (running) await transaction.objectStore(name).count();
    return work;
  };
}
