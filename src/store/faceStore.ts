import { FaceError } from '../core/errors';
import { checkBackup } from './backup/readBackup';
import { writeBackup } from './backup/writeBackup';
import { UNGUARDED, type WriteGuard } from './guard';
import { personKey } from '../core/names';
import { presentModel } from '../weights/retiredModels';
import { cleanName } from './names';
import { fromRow, toRow, type FaceRow } from './rows';
import type { FaceRecord, NewFace, PersonRecord, Settings, Store } from './schema';
import type { Backing, ReadTables } from './tables';
import type { WholeBacking } from './wholeTables';

const DEFAULT_SETTINGS: Settings = {
  model: null,
  backend: 'auto',
  precision: 'auto',
  far: null,
  mirrorCamera: true,
  cameraId: null,
  photosGrouped: null,
};

/** Oldest first; the id decides between those of the same millisecond. */
function byAge(a: { createdAt: number; id: string }, b: { createdAt: number; id: string }): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

async function existing({ people }: ReadTables, id: string): Promise<PersonRecord> {
  const person = await people.get(id);
  if (!person) throw new FaceError('store/not-found', { kind: 'person', id });
  return person;
}
/** Throws `store/duplicate-name` when a person other than `ownId` has the name. */
async function assertFree({ people }: ReadTables, name: string, ownId: string): Promise<void> {
  const key = personKey(name);
  for (const other of await people.all())
    if (other.id !== ownId && personKey(other.name) === key)
      throw new FaceError('store/duplicate-name', { name: other.name });
}
function newRows(personId: string, faces: readonly NewFace[]): Promise<FaceRow[]> {
  const createdAt = Date.now();
  return Promise.all(faces.map((face) => toRow({ ...face, id: crypto.randomUUID(), personId, createdAt })));
}

/** The store's rules over whichever tables there are. `announce` tells the other tabs; `changed` is told by them. */
export function faceStore(
  backing: Backing,
  announce: (what: 'people' | 'all') => void,
  changed: Set<() => void>,
  end: () => void,
  guard: WriteGuard = UNGUARDED,
): Store {
  const tell = (what: 'people' | 'all') => {
    for (const callback of changed) callback();
    announce(what);
  };
  const write: Backing['write'] = async (body) => {
    const result = await guard.run(() => backing.write(body));
    tell('people');
    return result;
  };
  const writeWhole: WholeBacking['write'] = async (body) => {
    const result = await guard.run(() => backing.whole.write(body));
    tell('all');
    return result;
  };
  const sorted = (rows: FaceRow[]): FaceRecord[] => rows.sort(byAge).map(fromRow);

  return {
    persistent: backing.persistent,
    mayWrite: () => guard.mayWrite(),
    writeBackup: (passphrase, options) => writeBackup(backing.whole, passphrase, options),
    checkBackup: (file, name, passphrase, options) =>
      checkBackup({ write: writeWhole }, file, name, passphrase, options),
    people: () => backing.read(async ({ people }) => (await people.all()).sort(byAge)),
    faces: async () => sorted(await backing.read(({ faces }) => faces.all())),
    facesOf: async (personId) => sorted(await backing.read(({ faces }) => faces.ofPerson(personId))),

    async addPerson(name, faces) {
      const person: PersonRecord = { id: crypto.randomUUID(), name: cleanName(name), createdAt: Date.now() };
      const rows = await newRows(person.id, faces);
      return write(async (tables) => {
        await assertFree(tables, person.name, person.id);
        await tables.people.put(person);
        for (const row of rows) await tables.faces.put(row);
        return person;
      });
    },
    async addFaces(personId, faces) {
      const rows = await newRows(personId, faces);
      return write(async (tables) => {
        await existing(tables, personId);
        for (const row of rows) await tables.faces.put(row);
        return rows.map(fromRow);
      });
    },
    renamePerson: (personId, name) =>
      write(async (tables) => {
        const renamed = { ...(await existing(tables, personId)), name: cleanName(name) };
        await assertFree(tables, renamed.name, personId);
        await tables.people.put(renamed);
        return renamed;
      }),
    mergePeople: (fromId, intoId) =>
      write(async (tables) => {
        await existing(tables, fromId);
        await existing(tables, intoId);
        if (fromId === intoId) return;
        for (const face of await tables.faces.ofPerson(fromId)) await tables.faces.put({ ...face, personId: intoId });
        await tables.people.delete(fromId);
      }),
    moveFaces: (faceIds, toPersonId) =>
      write(async (tables) => {
        await existing(tables, toPersonId);
        for (const id of faceIds) {
          const face = await tables.faces.get(id);
          if (!face) throw new FaceError('store/not-found', { kind: 'face', id });
          await tables.faces.put({ ...face, personId: toPersonId });
        }
      }),
    removePerson: (personId) =>
      write(async (tables) => {
        for (const face of await tables.faces.ofPerson(personId)) await tables.faces.delete(face.id);
        await tables.people.delete(personId);
      }),
    removeFaces: (faceIds) =>
      write(async (tables) => {
        for (const id of faceIds) await tables.faces.delete(id);
      }),
    async restore(people, faces) {
      const rows = await Promise.all(faces.map(toRow));
      await write(async (tables) => {
        for (const person of people) {
          await assertFree(tables, person.name, person.id);
          await tables.people.put(person);
        }
        for (const row of rows) {
          await existing(tables, row.personId);
          await tables.faces.put(row);
        }
      });
    },
    setEmbeddings: (embeddings) =>
      write(async (tables) => {
        for (const [id, embedding] of embeddings) {
          const face = await tables.faces.get(id);
          if (face) await tables.faces.put({ ...face, embedding }); // one removed meanwhile needs none
        }
      }),
    setCohortMeans: (modelId, means) =>
      write(async (tables) => {
        for (const [id, cohortMean] of means) {
          const face = await tables.faces.get(id);
          if (face?.embedding.modelId === modelId)
            await tables.faces.put({ ...face, embedding: { ...face.embedding, cohortMean } });
        }
      }),
    removeSamples: () =>
      write(async (tables) => {
        const left = new Map<string, number>();
        for (const { id, personId, source } of await tables.faces.all()) {
          const isSample = source.kind === 'sample';
          if (isSample) await tables.faces.delete(id);
          left.set(personId, (left.get(personId) ?? 0) + (isSample ? 0 : 1));
        }
        for (const [personId, faces] of left) if (faces === 0) await tables.people.delete(personId);
      }),

    settings: () => backing.read(readSettings),
    saveSettings: (changes) =>
      write(async (tables) => {
        const settings = { ...(await readSettings(tables)), ...changes };
        await tables.settings.put({ id: 'settings', ...settings });
        return settings;
      }),
    async usage() {
      const { usage = 0, quota = 0 } = (await navigator.storage?.estimate()) ?? {};
      return { used: usage, quota };
    },
    onChange(callback) {
      changed.add(callback);
      return () => changed.delete(callback);
    },
    async deleteEverything() {
      await backing.deleteEverything();
      tell('all');
      end();
    },
    close() {
      backing.close();
      end();
    },
  };
}

async function readSettings({ settings }: ReadTables): Promise<Settings> {
  const kept = { ...DEFAULT_SETTINGS, ...(await settings.get('settings')) };
  const { model, backend, precision, far, mirrorCamera, cameraId, photosGrouped } = kept;
  return { model: presentModel(model), backend, precision, far, mirrorCamera, cameraId, photosGrouped };
}
