import { inTransaction, type DatabaseConnection } from './connection';
import { readTable, writeTable } from './databaseTables';
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
    read: (body) =>
      inTransaction(connection, STORES, 'readonly', async (transaction) => {
        const photoFaces = transaction.objectStore('photoFaces');
        return body({
          people: readTable(transaction.objectStore('people')),
          faces: readTable(transaction.objectStore('faces')),
          settings: readTable(transaction.objectStore('settings')),
          photoFolders: readTable(transaction.objectStore('photoFolders')),
          photos: readTable(transaction.objectStore('photos')),
          photoThumbs: readTable(transaction.objectStore('photoThumbs')),
          photoFaces: readTable(photoFaces),
          photoVectors: readTable(transaction.objectStore('photoVectors')),
          photoCrops: readTable(transaction.objectStore('photoCrops')),
          trainRuns: readTable(transaction.objectStore('trainRuns')),
          trainedModels: readTable(transaction.objectStore('trainedModels')),
          trainedFiles: readTable(transaction.objectStore('trainedFiles')),
          facesOf: (id) => photoFaces.index('byPhoto').getAll(id),
        });
      }),
    write: (body) =>
      inTransaction(connection, STORES, 'readwrite', async (transaction) => {
        const settings = transaction.objectStore('settings');
        return body({
          people: writeTable(transaction.objectStore('people')),
          faces: writeTable(transaction.objectStore('faces')),
          settings: writeTable(settings),
          photoFolders: writeTable(transaction.objectStore('photoFolders')),
          photos: writeTable(transaction.objectStore('photos')),
          photoThumbs: writeTable(transaction.objectStore('photoThumbs')),
          photoFaces: writeTable(transaction.objectStore('photoFaces')),
          photoVectors: writeTable(transaction.objectStore('photoVectors')),
          photoCrops: writeTable(transaction.objectStore('photoCrops')),
          trainRuns: writeTable(transaction.objectStore('trainRuns')),
          trainedModels: writeTable(transaction.objectStore('trainedModels')),
          trainedFiles: writeTable(transaction.objectStore('trainedFiles')),
          waitFor: (work) => whileAsking(work, () => settings.count()),
        });
      }),
  };
}
