import type { Embedding } from '../core/types';
import { databaseConnection, inTransaction, type DatabaseConnection } from './connection';
import { writeTable } from './databaseTables';
import { keepsNothing } from './denied';
import { UNGUARDED, type WriteGuard } from './guard';
import type { PhotoFace, PhotoStore } from './photoSchema';
import { memoryDatabase, type MemoryDatabase } from './memoryDatabase';
import { memoryPhotoTables } from './memoryPhotoTables';
import { PHOTO_TABLES, type BlobRow, type PhotoBacking, type PhotoTables } from './photoTables';

/**
 * Opens the photo library of this device. Where the browser keeps nothing it lives in `memory` (`persistent` false).
 * `guard`: where several tabs are open, every write of this one goes through it. Throws `store/blocked`, `store/newer-version`, `store/full`.
 */
export async function openPhotoStore(
  name = 'facenet-web',
  guard: WriteGuard = UNGUARDED,
  memory: MemoryDatabase = memoryDatabase(),
): Promise<PhotoStore> {
  const changed = new Set<() => void>();
  const callAll = () => {
    for (const callback of changed) callback();
  };
  if (typeof indexedDB === 'undefined')
    return photoStore(
      memoryPhotoTables(memory),
      changed,
      () => {},
      () => {},
    );
  try {
    const connection = await databaseConnection(name, callAll);
    const tabs = new BroadcastChannel(`${name}-photos`);
    tabs.addEventListener('message', callAll);
    const close = () => {
      tabs.close();
      void connection.release();
    };
    return photoStore(inDatabase(connection), changed, () => tabs.postMessage('changed'), close, guard);
  } catch (thrown) {
    if (!keepsNothing(thrown)) throw thrown;
    return photoStore(
      memoryPhotoTables(memory),
      changed,
      () => {},
      () => {},
    );
  }
}

function inDatabase(connection: DatabaseConnection): PhotoBacking {
  return {
    persistent: true,
    run: (mode, body) =>
      inTransaction(connection, PHOTO_TABLES, mode, async (transaction) => {
        const photos = transaction.objectStore('photos');
        const faces = transaction.objectStore('photoFaces');
        return body({
          photoFolders: writeTable(transaction.objectStore('photoFolders')),
          photos: writeTable(photos),
          photoThumbs: writeTable(transaction.objectStore('photoThumbs')),
          photoFaces: writeTable(faces),
          photoVectors: writeTable(transaction.objectStore('photoVectors')),
          photoCrops: writeTable(transaction.objectStore('photoCrops')),
          photosOf: (id) => photos.index('byFolder').getAll(id),
          facesOf: (id) => faces.index('byPhoto').getAll(id),
        });
      }),
  };
}

async function blobRow(id: string, blob: Blob): Promise<BlobRow> {
  return { id, bytes: await blob.arrayBuffer(), type: blob.type };
}

async function dropFaces(tables: PhotoTables, photoId: string): Promise<void> {
  for (const { id } of await tables.facesOf(photoId)) {
    await tables.photoFaces.delete(id);
    await tables.photoVectors.delete(id);
    await tables.photoCrops.delete(id);
  }
}

function photoStore(
  { persistent, run }: PhotoBacking,
  changed: Set<() => void>,
  announce: () => void,
  close: () => void,
  guard: WriteGuard = UNGUARDED,
): PhotoStore {
  const write = async <R>(body: (tables: PhotoTables) => Promise<R>): Promise<R> => {
    const result = await guard.run(() => run('readwrite', body));
    announce();
    return result;
  };
  return {
    persistent,
    mayWrite: () => guard.mayWrite(),
    folders: () =>
      run('readonly', async ({ photoFolders }) => (await photoFolders.all()).sort((a, b) => a.createdAt - b.createdAt)),
    putFolder: (folder) =>
      write(async ({ photoFolders }) => {
        await photoFolders.put(folder);
      }),
    removeFolder: (id) =>
      write(async (tables) => {
        for (const photo of await tables.photosOf(id)) {
          await dropFaces(tables, photo.id);
          await tables.photoThumbs.delete(photo.id);
          await tables.photos.delete(photo.id);
        }
        await tables.photoFolders.delete(id);
      }),
    photos: () => run('readonly', ({ photos }) => photos.all()),
    async thumbnail(photoId) {
      const row = await run('readonly', ({ photoThumbs }) => photoThumbs.get(photoId));
      return row ? new Blob([row.bytes], { type: row.type }) : null;
    },
    faces: () => run('readonly', ({ photoFaces }) => photoFaces.all()),
    async embeddings() {
      const rows = await run('readonly', ({ photoVectors }) => photoVectors.all());
      return new Map(rows.map(({ id, embedding }): [string, Embedding] => [id, embedding]));
    },
    async crop(faceId) {
      const row = await run('readonly', ({ photoCrops }) => photoCrops.get(faceId));
      if (!row) return null;
      const { bytes, type, scale, detection } = row;
      return { picture: new Blob([bytes], { type }), scale, detection };
    },
    async savePhoto(photo, thumbnail, faces) {
      const thumb = thumbnail && (await blobRow(photo.id, thumbnail));
      const made = await Promise.all(
        faces.map(async ({ embedding, crop: { picture, ...crop }, ...face }) => {
          const id = crypto.randomUUID();
          const record: PhotoFace = { ...face, id, photoId: photo.id };
          return { record, vector: { id, embedding }, crop: { ...crop, ...(await blobRow(id, picture)) } };
        }),
      );
      return write(async (tables) => {
        await dropFaces(tables, photo.id);
        await tables.photos.put(photo);
        if (thumb) await tables.photoThumbs.put(thumb);
        else await tables.photoThumbs.delete(photo.id);
        for (const { record, vector, crop } of made) {
          await tables.photoFaces.put(record);
          await tables.photoVectors.put(vector);
          await tables.photoCrops.put(crop);
        }
        return made.map(({ record }) => record);
      });
    },
    assign: (belongings) =>
      write(async ({ photoFaces }) => {
        for (const [id, belonging] of belongings) {
          const face = await photoFaces.get(id);
          if (face) await photoFaces.put({ ...face, ...belonging });
        }
      }),
    setEmbeddings: (embeddings) =>
      write(async ({ photoVectors }) => {
        for (const [id, embedding] of embeddings)
          if (await photoVectors.get(id)) await photoVectors.put({ id, embedding });
      }),
    onChange(callback) {
      changed.add(callback);
      return () => changed.delete(callback);
    },
    close,
  };
}
