/** The rules for people and their faces: names are unique, a face belongs to somebody, changes are all or nothing. */
import { FaceError } from '../core/errors';
import { personKey } from '../core/names';
import type { ReadTables, Tabular } from './faceDb';
import { cleanName } from './names';
import type { FaceRecord, FaceRow, NewFace, PeopleStore, PersonRecord, StorePart } from './schema';

/** Oldest first; the id decides between those of the same millisecond. */
function byAge(a: { createdAt: number; id: string }, b: { createdAt: number; id: string }): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

/** Reads the crop's bytes, so that no Blob is read inside a transaction (which would end it). */
async function toRow(face: FaceRecord): Promise<FaceRow> {
  const { picture, ...crop } = face.crop;
  return { ...face, crop: { ...crop, bytes: await picture.arrayBuffer(), type: picture.type } };
}
function fromRow(row: FaceRow): FaceRecord {
  const { bytes, type, ...crop } = row.crop;
  return { ...row, crop: { ...crop, picture: new Blob([bytes], { type }) } };
}

async function existing({ people }: ReadTables<'people'>, id: string): Promise<PersonRecord> {
  const person = await people.get(id);
  if (!person) throw new FaceError('store/not-found', { kind: 'person', id });
  return person;
}
/** Throws `store/duplicate-name` when a person other than `ownId` has the name. */
async function assertFree({ people }: ReadTables<'people'>, name: string, ownId: string): Promise<void> {
  const key = personKey(name);
  for (const other of await people.all())
    if (other.id !== ownId && personKey(other.name) === key)
      throw new FaceError('store/duplicate-name', { name: other.name });
}
function newRows(personId: string, faces: readonly NewFace[]): Promise<FaceRow[]> {
  const createdAt = Date.now();
  return Promise.all(faces.map((face) => toRow({ ...face, id: crypto.randomUUID(), personId, createdAt })));
}

const BOTH = ['people', 'faces'] as const;

export function peopleStore({ read, write }: Tabular, part: StorePart): PeopleStore {
  const sorted = (rows: FaceRow[]): FaceRecord[] => rows.sort(byAge).map(fromRow);
  return {
    ...part,
    list: () => read(['people'], async ({ people }) => (await people.all()).sort(byAge)),
    faces: async () => sorted(await read(['faces'], ({ faces }) => faces.all())),
    facesOf: async (personId) => sorted(await read(['faces'], ({ faces }) => faces.by('byPerson', personId))),

    async addPerson(name, faces) {
      const person: PersonRecord = { id: crypto.randomUUID(), name: cleanName(name), createdAt: Date.now() };
      const rows = await newRows(person.id, faces);
      return write(BOTH, async (tables) => {
        await assertFree(tables, person.name, person.id);
        await tables.people.put(person);
        for (const row of rows) await tables.faces.put(row);
        return person;
      });
    },
    async addFaces(personId, faces) {
      const rows = await newRows(personId, faces);
      return write(BOTH, async (tables) => {
        await existing(tables, personId);
        for (const row of rows) await tables.faces.put(row);
        return rows.map(fromRow);
      });
    },
    renamePerson: (personId, name) =>
      write(BOTH, async (tables) => {
        const renamed = { ...(await existing(tables, personId)), name: cleanName(name) };
        await assertFree(tables, renamed.name, personId);
        await tables.people.put(renamed);
        return renamed;
      }),
    mergePeople: (fromId, intoId) =>
      write(BOTH, async (tables) => {
        await existing(tables, fromId);
        await existing(tables, intoId);
        if (fromId === intoId) return;
        for (const face of await tables.faces.by('byPerson', fromId))
          await tables.faces.put({ ...face, personId: intoId });
        await tables.people.delete(fromId);
      }),
    moveFaces: (faceIds, toPersonId) =>
      write(BOTH, async (tables) => {
        await existing(tables, toPersonId);
        for (const id of faceIds) {
          const face = await tables.faces.get(id);
          if (!face) throw new FaceError('store/not-found', { kind: 'face', id });
          await tables.faces.put({ ...face, personId: toPersonId });
        }
      }),
    removePerson: (personId) =>
      write(BOTH, async (tables) => {
        for (const face of await tables.faces.by('byPerson', personId)) await tables.faces.delete(face.id);
        await tables.people.delete(personId);
      }),
    removeFaces: (faceIds) =>
      write(BOTH, async (tables) => {
        for (const id of faceIds) await tables.faces.delete(id);
      }),
    async restore(people, faces) {
      const rows = await Promise.all(faces.map(toRow));
      await write(BOTH, async (tables) => {
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
      write(BOTH, async (tables) => {
        for (const [id, embedding] of embeddings) {
          const face = await tables.faces.get(id);
          if (face) await tables.faces.put({ ...face, embedding }); // one removed meanwhile needs none
        }
      }),
    setCohortMeans: (modelId, means) =>
      write(BOTH, async (tables) => {
        for (const [id, cohortMean] of means) {
          const face = await tables.faces.get(id);
          if (face?.embedding.modelId === modelId)
            await tables.faces.put({ ...face, embedding: { ...face.embedding, cohortMean } });
        }
      }),
    removeSamples: () =>
      write(BOTH, async (tables) => {
        const left = new Map<string, number>();
        for (const { id, personId, source } of await tables.faces.all()) {
          const isSample = source.kind === 'sample';
          if (isSample) await tables.faces.delete(id);
          left.set(personId, (left.get(personId) ?? 0) + (isSample ? 0 : 1));
        }
        for (const [personId, faces] of left) if (faces === 0) await tables.people.delete(personId);
      }),
  };
}
