import { deleteDB } from 'idb';
import { FaceError } from '../core/errors';
import { databaseConnection, inTransaction } from './connection';
import { readTable, writeTable } from './databaseTables';
import { databaseWhole } from './databaseWhole';
import type { Backing } from './tables';

const STORES = ['people', 'faces', 'settings'] as const;

/**
 * The tables in IndexedDB. Rejects with what the browser throws where it keeps nothing, or with `store/blocked`,
 * `store/newer-version` or `store/full`. `onReplaced` is called when another tab, or the browser itself, has deleted
 * the content; the next use then finds it empty.
 */
export async function databaseBacking(name: string, onReplaced: () => void): Promise<Backing> {
  const connection = await databaseConnection(name, onReplaced);

  return {
    persistent: true,
    whole: databaseWhole(connection),
    read: (body) =>
      inTransaction(connection, STORES, 'readonly', async (transaction) => {
        const faces = transaction.objectStore('faces');
        return body({
          people: readTable(transaction.objectStore('people')),
          faces: { ...readTable(faces), ofPerson: (id) => faces.index('byPerson').getAll(id) },
          settings: readTable(transaction.objectStore('settings')),
        });
      }),
    write: (body) =>
      inTransaction(connection, STORES, 'readwrite', async (transaction) => {
        const faces = transaction.objectStore('faces');
        return body({
          people: writeTable(transaction.objectStore('people')),
          faces: { ...writeTable(faces), ofPerson: (id) => faces.index('byPerson').getAll(id) },
          settings: writeTable(transaction.objectStore('settings')),
        });
      }),
    async deleteEverything() {
      await connection.release();
      await new Promise<void>((resolve, reject) => {
        deleteDB(name, { blocked: () => reject(new FaceError('store/blocked')) }).then(resolve, reject);
      });
    },
    close: () => void connection.release(),
  };
}
