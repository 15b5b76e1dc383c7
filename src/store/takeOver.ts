/** Moves what earlier versions of an app in a folder stored under names without the folder. */
import { deleteDB, openDB, type IDBPDatabase } from 'idb';
import { isOwnName, ownName } from '../core/hosting/ownNames';
import { hasRootCopy } from './rootCopy';

const DATABASE = 'facenet-web';
const CACHES = ['facenet-models', 'facenet-model-sources', 'facenet-training-pictures'] as const;
/** Rows in memory at a time: pictures are among them. */
const PAGE = 100;
/** Tables whose rows are whole files of up to hundreds of megabytes: one at a time. */
const LARGE: readonly string[] = ['checkpoints', 'trainedFiles'];
/** Tables that hold nothing of a person's. */
const NOTHING: readonly string[] = ['settings', 'photoGrouping'];
/** The mark while rows are copied, and when all are there and the old ones are to be deleted. */
const [COPYING, COPIED] = ['1', 'copied'];

/**
 * To be called before anything is opened, by every tab: they wait for each other. Does nothing at the root, where this copy
 * keeps something already, or where the data may be that of a copy at the root. Never rejects: what cannot be moved stays
 * where it was, the result is false, and the next start tries again as long as nothing new has been stored.
 */
export async function takeOver(scope: string): Promise<boolean> {
  if (scope === '/' || !('indexedDB' in globalThis)) return true;
  try {
    if (!('locks' in navigator)) return await takeOverAlone(scope);
    return await navigator.locks.request(ownName('facenet-taking-over', scope), () => takeOverAlone(scope));
  } catch {
    return true; // storage is blocked, and locks with it: nothing can have been stored
  }
}

async function takeOverAlone(scope: string): Promise<boolean> {
  const own = ownName(DATABASE, scope);
  const under = ownName('facenet-taking-over', scope);
  const mark = localStorage.getItem(under);
  if (mark === COPIED) {
    void deleteOld(under);
    return true;
  }
  try {
    // Ended in the middle: what was copied is not whole, and the old one is still there.
    if (mark !== null) await deleteDB(own);
    const names = (await indexedDB.databases()).map(({ name }) => name);
    const mayCopy = names.includes(DATABASE) && (!names.includes(own) || (await isEmpty(own)));
    if (!mayCopy || (await hasRootCopy())) {
      localStorage.removeItem(under);
      return true;
    }
    localStorage.setItem(under, COPYING);
  } catch {
    return false;
  }
  return copyAll(scope, under);
}

async function copyAll(scope: string, under: string): Promise<boolean> {
  const own = ownName(DATABASE, scope);
  let letGo = (): void => undefined;
  try {
    letGo = await stopOldWriter();
    await deleteDB(own); // of a first try that had no room, or of a tab that was faster: nothing is in it
    await copyDatabase(DATABASE, own);
    for (const name of CACHES) await copyCache(name, ownName(name, scope));
    localStorage.setItem(under, COPIED);
  } catch {
    letGo();
    // No room: the app starts empty. Without the mark, for what is enrolled from now on must not go as a half copy.
    await deleteDB(own).then(
      () => localStorage.removeItem(under),
      () => undefined,
    );
    return false;
  }
  // Not waited for: another tab of the old version may hold it for now.
  void deleteOld(under).finally(letGo);
  return true;
}

/** Deletes the old content, so that no second copy stays. Never rejects: the next start continues. */
async function deleteOld(under: string): Promise<void> {
  try {
    await deleteDB(DATABASE);
    for (const name of await caches.keys()) if (isOwnName(name, '/')) await caches.delete(name);
    localStorage.removeItem(under);
  } catch {
    // the mark stays
  }
}

/** Makes a tab of the old version that writes a follower: what it wrote meanwhile would be lost. Resolves to what ends that. */
async function stopOldWriter(): Promise<() => void> {
  if (!('locks' in navigator)) return () => undefined;
  return new Promise((resolve, reject) => {
    navigator.locks
      .request('facenet-writer', { steal: true }, () => new Promise<void>((letGo) => resolve(letGo)))
      .catch(reject);
  });
}

/** Whether nothing of a person's is stored there. */
async function isEmpty(name: string): Promise<boolean> {
  const db = await openDB(name);
  try {
    for (const table of db.objectStoreNames) if (!NOTHING.includes(table) && (await db.count(table)) > 0) return false;
    return true;
  } finally {
    db.close();
  }
}

/** With its version and its indexes as they are: who opens the copy next brings it up to date. */
async function copyDatabase(from: string, to: string): Promise<void> {
  const old = await openDB(from);
  const tables = [...old.objectStoreNames];
  if (tables.length === 0) {
    old.close(); // nothing was ever stored, and a transaction needs a table
    return;
  }
  // Read before the copy is opened: this transaction ends meanwhile.
  const reading = old.transaction(tables);
  const schema = tables.map((name) => {
    const table = reading.objectStore(name);
    const { keyPath, autoIncrement } = table;
    const indexes = [...table.indexNames].map((each) => {
      const { keyPath, unique, multiEntry } = table.index(each);
      return { name: each, keyPath, unique, multiEntry };
    });
    return { name, keyPath, autoIncrement, indexes };
  });
  try {
    const copy = await openDB(to, old.version, {
      upgrade(db) {
        for (const { name, keyPath, autoIncrement, indexes } of schema) {
          const table = db.createObjectStore(name, { keyPath, autoIncrement });
          for (const { name: index, keyPath: path, ...kind } of indexes) table.createIndex(index, path, kind);
        }
      },
    });
    try {
      for (const name of tables) await copyTable(old, copy, name);
    } finally {
      copy.close();
    }
  } finally {
    old.close();
  }
}

async function copyTable(old: IDBPDatabase, copy: IDBPDatabase, name: string): Promise<void> {
  const page = LARGE.includes(name) ? 1 : PAGE;
  let after: IDBKeyRange | null = null;
  for (;;) {
    const [rows, keys]: [unknown[], IDBValidKey[]] = await Promise.all([
      old.getAll(name, after, page),
      old.getAllKeys(name, after, page),
    ]);
    const writing = copy.transaction(name, 'readwrite');
    for (const row of rows) void writing.store.put(row).catch(() => undefined);
    await writing.done;
    if (rows.length < page) return;
    after = IDBKeyRange.lowerBound(keys.at(-1), true);
  }
}

async function copyCache(from: string, to: string): Promise<void> {
  if (!(await caches.has(from))) return;
  const [old, copy] = [await caches.open(from), await caches.open(to)];
  for (const request of await old.keys()) {
    const response = await old.match(request);
    if (response) await copy.put(request, response);
  }
}
