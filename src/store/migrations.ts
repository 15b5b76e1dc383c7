/** Brings the database of any earlier version to the present one. */
import type { IDBPDatabase, IDBPTransaction } from 'idb';
import { personKey } from '../core/names';
import type { FaceDb, TableName } from './faceDb';
import type { FaceSource } from './schema';

type Upgrade = IDBPTransaction<FaceDb, TableName[], 'versionchange'>;

/** What version 6 had in tables that have changed since. */
interface Version6 {
  settings: FaceDb['settings']['value'] & { readonly photosGrouped?: string | null };
  checkpoints: FaceDb['checkpoints']['value'] & { readonly meta: string };
}

/** Step n brings version n to n + 1; a new database takes them all. A released step is never changed: add one. */
const STEPS: readonly ((db: IDBPDatabase<FaceDb>, transaction: Upgrade) => Promise<void>)[] = [
  // 0 → 1: people, and faces without a source; names might occur twice, and settings were not stored.
  async (db) => {
    db.createObjectStore('people', { keyPath: 'id' });
    db.createObjectStore('faces', { keyPath: 'id' }).createIndex('byPerson', 'personId');
  },
  // 1 → 2: settings; every face says where it came from; a name is one person's.
  async (db, transaction) => {
    db.createObjectStore('settings', { keyPath: 'id' });
    const source: FaceSource = { kind: 'picture', name: '' };
    for await (const cursor of transaction.objectStore('faces').iterate())
      await cursor.update({ ...cursor.value, source });
    await numberNames(transaction);
  },
  // 2 → 3: training runs with their last checkpoint, and what they made.
  async (db) => {
    db.createObjectStore('trainRuns', { keyPath: 'id' });
    db.createObjectStore('checkpoints', { keyPath: 'runId' });
    db.createObjectStore('trainedModels', { keyPath: 'id' });
    db.createObjectStore('trainedFiles', { keyPath: 'id' }).createIndex('byModel', 'modelId');
  },
  // 3 → 4: the photo library; a face's numbers and crop lie apart from it, to be read only when they are needed.
  async (db) => {
    db.createObjectStore('photoFolders', { keyPath: 'id' });
    db.createObjectStore('photos', { keyPath: 'id' }).createIndex('byFolder', 'folderId');
    db.createObjectStore('photoThumbs', { keyPath: 'id' });
    db.createObjectStore('photoFaces', { keyPath: 'id' }).createIndex('byPhoto', 'photoId');
    db.createObjectStore('photoVectors', { keyPath: 'id' });
    db.createObjectStore('photoCrops', { keyPath: 'id' });
  },
  // 4 → 5: a picture is known by its content, worked out when it is seen again, and says how it was searched; names that
  // differ in nothing that is seen are one name.
  async (_db, transaction) => {
    for await (const cursor of transaction.objectStore('photos').iterate())
      await cursor.update({ ...cursor.value, sha256: null, lookedTurned: false });
    await numberNames(transaction);
  },
  // 5 → 6: embeddings carry a cohort mean; those that have none yet are found without reading them.
  async (_db, transaction) => {
    transaction.objectStore('photoVectors').createIndex('byCohort', 'embedding.cohortMean.cohort');
  },
  // 6 → 7: what the photos were grouped by moves from the settings to the library; a checkpoint's description lies apart
  // from its tensors. Those stay where they are: a second copy of them might not fit.
  async (db, transaction) => {
    const grouping = db.createObjectStore('photoGrouping', { keyPath: 'id' });
    const settings = transaction.objectStore('settings');
    const row: Version6['settings'] | undefined = await settings.get('settings');
    if (row) {
      const { photosGrouped = null, ...rest } = row;
      await settings.put(rest);
      if (photosGrouped !== null) await grouping.put({ id: 'grouping', state: photosGrouped });
    }
    const metas = db.createObjectStore('checkpointMeta', { keyPath: 'id' });
    for await (const cursor of transaction.objectStore('checkpoints').iterate()) {
      const { runId, meta } = cursor.value as Version6['checkpoints'];
      await metas.put({ id: runId, meta });
    }
  },
];

export const DATABASE_VERSION = STEPS.length;

/** Makes people's names distinct: of several with one name the oldest keeps it. */
async function numberNames(transaction: Upgrade): Promise<void> {
  const people = transaction.objectStore('people');
  const taken = new Set<string>();
  for (const person of (await people.getAll()).sort((a, b) => a.createdAt - b.createdAt)) {
    const name = freeName(person.name, taken);
    taken.add(personKey(name));
    if (name !== person.name) await people.put({ ...person, name });
  }
}

/** `name`, or the first of `name (2)`, `name (3)`, … that is not taken. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let n = 2; taken.has(personKey(free)); n++) free = `${name} (${n})`;
  return free;
}

/** Brings the database from `oldVersion` to the present one within `transaction`, which is aborted when a step fails. */
export async function migrate(db: IDBPDatabase<FaceDb>, oldVersion: number, transaction: Upgrade): Promise<void> {
  for (const step of STEPS.slice(oldVersion)) await step(db, transaction);
}
