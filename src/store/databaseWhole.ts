import type { IDBPTransaction } from 'idb';
import { inTransaction, type DatabaseConnection } from './connection';
import { writeTable } from './databaseTables';
import type { FaceDb } from './migrations';
import { PHOTO_TABLES } from './photoTables';
import type { WholeBacking } from './wholeTables';

const STORES = ['people', 'faces', 'settings', ...PHOTO_TABLES, 'trainRuns', 'trainedModels', 'trainedFiles'] as const;

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

/** All tables in IndexedDB. */
export function databaseWhole(connection: DatabaseConnection): WholeBacking {
  return {
    read: (body) => inTransaction(connection, STORES, 'readonly', async (transaction) => body(tablesIn(transaction))),
    write: (body) => inTransaction(connection, STORES, 'readwrite', async (transaction) => body(tablesIn(transaction))),
  };
}

/** Those that write, whatever the transaction: a body that reads is given the type that only reads. */
function tablesIn(transaction: IDBPTransaction<FaceDb, (typeof STORES)[number][], 'readonly' | 'readwrite'>) {
  const photoFaces = transaction.objectStore('photoFaces');
  const settings = transaction.objectStore('settings');
  return {
    people: writeTable(transaction.objectStore('people')),
    faces: writeTable(transaction.objectStore('faces')),
    settings: writeTable(settings),
    photoFolders: writeTable(transaction.objectStore('photoFolders')),
    photos: writeTable(transaction.objectStore('photos')),
    photoThumbs: writeTable(transaction.objectStore('photoThumbs')),
    photoFaces: writeTable(photoFaces),
    photoVectors: writeTable(transaction.objectStore('photoVectors')),
    photoCrops: writeTable(transaction.objectStore('photoCrops')),
    trainRuns: writeTable(transaction.objectStore('trainRuns')),
    trainedModels: writeTable(transaction.objectStore('trainedModels')),
    trainedFiles: writeTable(transaction.objectStore('trainedFiles')),
    facesOf: (photoId: string) => photoFaces.index('byPhoto').getAll(photoId),
    waitFor: <R>(work: Promise<R>) => whileAsking(work, () => settings.count()),
  };
}
