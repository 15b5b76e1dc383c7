import { personKey } from '../../core/names';
import { PHOTO_TABLES } from '../photoRows';
import type { PhotoFace, PhotoFolder } from '../photoSchema';
import type { Settings } from '../schema';
import type { TrainedFileRow } from '../trainSchema';
import type { RestoredTables, RestoreMode } from './backup';
import type { BackupRecord } from './records';
import { sameFolders, type PhotoList } from './sameFolders';
import { DECIDED } from './schemas';

/** Writes one record after the other into the tables. */
type RecordWriter = (record: BackupRecord) => Promise<void>;

/** Writes a backup's records; `list`: its folders and pictures. Version 1 leaves photos and models as they are. */
export async function restorer(
  tables: RestoredTables,
  mode: RestoreMode,
  version: number,
  list: PhotoList,
): Promise<RecordWriter> {
  const handles = new Map((await tables.photoFolders.all()).map((folder) => [folder.id, folder]));
  if (mode === 'replace') await empty(tables, version);
  const people = await peopleRestorer(tables, mode);
  const photos = await photoRestorer(tables, handles, list, people.personOf);
  const training = trainingRestorer(tables);
  return async (record) => {
    await people.write(record);
    await photos(record);
    await training(record);
  };
}

async function empty(tables: RestoredTables, version: number): Promise<void> {
  await tables.faces.clear();
  await tables.people.clear();
  if (version < 2) return;
  const { photoFolders, photoGrouping, trainedModels, trainedFiles } = tables;
  for (const name of PHOTO_TABLES) await tables[name].clear();
  for (const table of [photoFolders, photoGrouping, trainedModels, trainedFiles]) await table.clear();
  // Trainings that are under way are in no backup: they stay.
  for (const run of await tables.trainRuns.all())
    if (DECIDED.includes(run.status)) await tables.trainRuns.delete(run.id);
}

async function peopleRestorer(tables: RestoredTables, mode: RestoreMode) {
  const here = await tables.people.all();
  const ids = new Set(here.map(({ id }) => id));
  const byName = new Map(here.map(({ id, name }) => [personKey(name), id]));
  /** Who a person of the backup is here. */
  const becomes = new Map<string, string>();
  const write: RecordWriter = async (record) => {
    if (record.kind === 'person') {
      const { person } = record;
      const here = ids.has(person.id) ? person.id : byName.get(personKey(person.name));
      becomes.set(person.id, here ?? person.id);
      if (here !== undefined) return;
      await tables.people.put(person);
      byName.set(personKey(person.name), person.id);
    } else if (record.kind === 'face') {
      const { face } = record;
      if (mode === 'merge' && (await tables.faces.get(face.id))) return;
      await tables.faces.put({ ...face, personId: becomes.get(face.personId)! });
    } else if (record.kind === 'settings' && mode === 'replace') await restoreSettings(tables, record.settings);
  };
  const personOf = (id: string) => becomes.get(id) ?? (ids.has(id) ? id : null);
  return { write, personOf };
}

/** The camera is this device's own. */
async function restoreSettings({ settings }: RestoredTables, restored: Partial<Settings>): Promise<void> {
  const { cameraId = null } = (await settings.get('settings')) ?? {};
  await settings.put({ ...restored, id: 'settings', cameraId });
}

/** `before`: the folders as they were here, by id: the browser may still read those that it has a handle of. */
async function photoRestorer(
  tables: RestoredTables,
  before: ReadonlyMap<string, PhotoFolder>,
  list: PhotoList,
  personOf: (id: string) => string | null,
): Promise<RecordWriter> {
  const folders = await tables.photoFolders.all();
  /** Which folder one of the backup is here. */
  const becomes = sameFolders(list, { folders, photos: folders.length > 0 ? await tables.photos.all() : [] });
  /** The picture whose faces come now: its id here, or null where it was here already. */
  let photoId: string | null = null;

  const assignment = ({ personId, confirmed, group }: PhotoFace) => {
    if (personId === null) return { personId, confirmed, group };
    const person = personOf(personId);
    return person === null ? { personId: null, confirmed: false, group: null } : { personId: person, confirmed, group };
  };

  return async (record) => {
    if (record.kind === 'folder') {
      const { folder } = record;
      if (becomes.has(folder.id)) return;
      becomes.set(folder.id, folder.id);
      const handle = before.get(folder.id)?.handle;
      await tables.photoFolders.put(handle ? { ...folder, kind: 'handle', handle } : folder);
    } else if (record.kind === 'photo') {
      const { photo, thumbnail } = record;
      const folderId = becomes.get(photo.folderId)!;
      const id = `${folderId}/${photo.path}`;
      photoId = (await tables.photos.get(id)) ? null : id;
      if (photoId === null) return;
      await tables.photos.put({ ...photo, id, folderId });
      if (thumbnail) await tables.photoThumbs.put({ ...thumbnail, id });
    } else if (record.kind === 'photoFace' && photoId !== null) {
      const { face, vector, crop } = record;
      // The same id may stand for a face of another picture here, which stays.
      const id = (await tables.photoFaces.get(face.id)) ? crypto.randomUUID() : face.id;
      await tables.photoFaces.put({ ...face, ...assignment(face), id, photoId });
      await tables.photoVectors.put({ ...vector, id });
      await tables.photoCrops.put({ ...crop, id });
    }
  };
}

function trainingRestorer(tables: RestoredTables): RecordWriter {
  let file: (TrainedFileRow & { got: number }) | null = null;
  return async (record) => {
    if (record.kind === 'run') {
      if (!(await tables.trainRuns.get(record.run.id))) await tables.trainRuns.put(record.run);
    } else if (record.kind === 'file') {
      const { modelId, precision } = record;
      const isHere = await tables.trainedModels.get(modelId);
      const bytes = new Uint8Array(record.bytes);
      file = isHere ? null : { id: `${modelId}.${precision}`, modelId, precision, bytes, got: 0 };
    } else if (record.kind === 'part' && file) {
      file.bytes.set(record.bytes, file.got);
      file.got += record.bytes.length;
      if (file.got < file.bytes.length) return;
      const { id, modelId, precision, bytes } = file;
      file = null;
      await tables.trainedFiles.put({ id, modelId, precision, bytes });
    } else if (record.kind === 'model') {
      if (!(await tables.trainedModels.get(record.model.id))) await tables.trainedModels.put(record.model);
    }
  };
}
