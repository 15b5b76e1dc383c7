import { deleteDB } from 'idb';
import { FaceError } from '../core/errors';
import { databaseConnection, inTransaction } from './connection';
import { readTable, writeTable } from './databaseTables';
import type { Backing } from './tables';

const STORES = ['people', 'faces', 'settings'] as const;

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
  const connection = await databaseConnection(name, onReplaced);

  return {
    persistent: true,
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
        const settings = transaction.objectStore('settings');
        return body({
          people: writeTable(transaction.objectStore('people')),
          faces: { ...writeTable(faces), ofPerson: (id) => faces.index('byPerson').getAll(id) },
          settings: writeTable(settings),
          waitFor: (work) => whileAsking(work, () => settings.count()),
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
