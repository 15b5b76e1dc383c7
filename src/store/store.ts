/** Opens everything that the app stores, with one connection to one database. */
import { APP_SCOPE } from '../core/hosting/appScope';
import { ownName } from '../core/hosting/ownNames';
import { checkBackup } from './backup/readBackup';
import { writeBackup } from './backup/writeBackup';
import { Changes } from './changes';
import { storesNothing } from './connection';
import { openDatabase } from './database';
import { TOPIC_OF, type Database, type TableName, type Tabular } from './faceDb';
import { UNGUARDED, type WriteGuard } from './guard';
import { memoryDatabase } from './memory';
import { peopleStore } from './peopleStore';
import { photoStore } from './photoStore';
import type { Store, StorePart, Topic } from './schema';
import { settingsStore } from './settingsStore';
import { trainStore } from './trainStore';

/**
 * Opens the store of this device, in the page or in a worker, upgrading what an older version left. Where the browser
 * stores nothing the content lives in memory (`persistent` false). `guard`: where several tabs are open, every write of
 * this one goes through it; a worker writes for a page that asked its own. Throws `store/blocked`, `store/newer-version`,
 * `store/full`.
 */
export async function openStore(
  name = ownName('facenet-web', APP_SCOPE),
  guard: WriteGuard = UNGUARDED,
): Promise<Store> {
  if (typeof indexedDB === 'undefined') return storeOver(memoryDatabase());
  const changes = new Changes(`${name}-changes`);
  try {
    return storeOver(await openDatabase(name, () => changes.replaced()), changes, guard);
  } catch (thrown) {
    changes.close();
    if (!storesNothing(thrown)) throw thrown;
    return storeOver(memoryDatabase());
  }
}

/** The store's rules over a database. */
export function storeOver(database: Database, changes = new Changes(null), guard: WriteGuard = UNGUARDED): Store {
  const { persistent } = database;
  const tables: Tabular = {
    read: database.read,
    async write(names, body) {
      const result = await guard.run(() => database.write(names, body));
      changes.announce(topicsOf(names));
      return result;
    },
  };
  const part = (topic: Topic): StorePart => ({
    persistent,
    mayWrite: () => guard.mayWrite(),
    onChange: (callback) => changes.on(topic, callback),
  });
  return {
    persistent,
    people: peopleStore(tables, part('people')),
    settings: settingsStore(tables, part('settings')),
    photos: photoStore(tables, part('photos')),
    training: trainStore(tables, part('training')),
    writeBackup: (passphrase, options) => writeBackup(tables, passphrase, options),
    checkBackup: (file, name, passphrase, options) => checkBackup(tables, file, name, passphrase, options),
    async usage() {
      const { usage = 0, quota = 0 } = 'storage' in navigator ? await navigator.storage.estimate() : {};
      return { used: usage, quota };
    },
    close() {
      database.close();
      changes.close();
    },
  };
}

function topicsOf(names: readonly TableName[]): Topic[] {
  return [...new Set(names.flatMap((name) => TOPIC_OF[name] ?? []))];
}
