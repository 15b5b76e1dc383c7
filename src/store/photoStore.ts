import { APP_SCOPE } from '../core/hosting/appScope';
import { ownName } from '../core/hosting/ownNames';
import type { Embedding } from '../core/types';
import { databaseConnection, inTransaction, type DatabaseConnection } from './connection';
import { writeTable } from './databaseTables';
import { keepsNothing } from './denied';
import { UNGUARDED, type WriteGuard } from './guard';
import type { BlobRow, PhotoFace, PhotoStore } from './photoSchema';
import { memoryDatabase, type MemoryDatabase } from './memoryDatabase';
import { memoryPhotoTables } from './memoryPhotoTables';
import { dropFaces, dropPhoto, movePhotos, putFaces, readPhotos, takeFaces } from './photoRows';
import { PHOTO_TABLES, type PhotoBacking, type PhotoTables } from './photoTables';

/**
 * Opens the photo library of this device. Where the browser keeps nothing it lives in `memory` (`persistent` false).
 * `guard`: where several tabs are open, every write of this one goes through it. Throws `store/blocked`, `store/newer-version`, `store/full`.
 */
export async function openPhotoStore(
  name = ownName('facenet-web', APP_SCOPE),
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
        const vectors = transaction.objectStore('photoVectors');
        return body({
          photoFolders: writeTable(transaction.objectStore('photoFolders')),
          photos: writeTable(photos),
          photoThumbs: writeTable(transaction.objectStore('photoThumbs')),
          photoFaces: writeTable(faces),
          photoVectors: writeTable(vectors),
          photoCrops: writeTable(transaction.objectStore('photoCrops')),
          photosOf: (id) => photos.index('byFolder').getAll(id),
          facesOf: (id) => faces.index('byPhoto').getAll(id),
          async vectorsWithoutMean(cohort) {
            const index = vectors.index('byCohort');
            const [total, withMean] = await Promise.all([vectors.count(), index.count(cohort)]);
            if (withMean === total) return [];
            const [all, having] = await Promise.all([vectors.getAllKeys(), index.getAllKeys(cohort)]);
            const done = new Set(having);
            return all.filter((id) => !done.has(id));
          },
        });
      }),
  };
}

async function blobRow(id: string, blob: Blob): Promise<BlobRow> {
  return { id, bytes: await blob.arrayBuffer(), type: blob.type };
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
        for (const photo of await tables.photosOf(id)) await dropPhoto(tables, photo.id);
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
    embeddingsOf: (ids) =>
      run('readonly', async ({ photoVectors }) => {
        const rows = await Promise.all(ids.map((id) => photoVectors.get(id)));
        return new Map(rows.flatMap((row): [string, Embedding][] => (row ? [[row.id, row.embedding]] : [])));
      }),
    facesWithoutMean: (cohort) => run('readonly', (tables) => tables.vectorsWithoutMean(cohort)),
    async crop(faceId) {
      const row = await run('readonly', ({ photoCrops }) => photoCrops.get(faceId));
      if (!row) return null;
      const { bytes, type, scale, detection } = row;
      return { picture: new Blob([bytes], { type }), scale, detection };
    },
    async savePhoto(photo, thumbnail, faces, carry = () => new Map()) {
      const thumb = thumbnail && (await blobRow(photo.id, thumbnail));
      const made = await Promise.all(
        faces.map(async ({ embedding, crop: { picture, ...crop }, ...face }) => {
          const id = crypto.randomUUID();
          return {
            face: { ...face, photoId: photo.id },
            id,
            embedding,
            crop: { ...crop, ...(await blobRow(id, picture)) },
          };
        }),
      );
      return write(async (tables) => {
        const known = (await readPhotos(tables, [photo.id]))[0]?.faces ?? [];
        const kept = carry(
          known.map(({ face, vector }) => ({ face, embedding: vector?.embedding })),
          faces,
        );
        await dropFaces(tables, photo.id);
        await tables.photos.put(photo);
        if (thumb) await tables.photoThumbs.put(thumb);
        else await tables.photoThumbs.delete(photo.id);
        const saved: PhotoFace[] = [];
        for (const [i, { face, embedding, crop, id: newId }] of made.entries()) {
          const { id, personId, confirmed, group } = kept.get(i) ?? { ...face, id: newId };
          const record = { ...face, id, personId, confirmed, group };
          await tables.photoFaces.put(record);
          await tables.photoVectors.put({ id, embedding });
          await tables.photoCrops.put({ ...crop, id });
          saved.push(record);
        }
        return saved;
      });
    },
    updatePhotos: (photos) =>
      write(async (tables) => {
        for (const photo of photos) if (await tables.photos.get(photo.id)) await tables.photos.put(photo);
      }),
    storedPhotos: (ids) => run('readonly', (tables) => readPhotos(tables, ids)),
    removePhotos: (ids) =>
      write(async (tables) => {
        const removed = await readPhotos(tables, ids);
        for (const { photo } of removed) await dropPhoto(tables, photo.id);
        return removed;
      }),
    movePhotos: (moves) => write((tables) => movePhotos(tables, moves, false)),
    copyPhotos: (copies) => write((tables) => movePhotos(tables, copies, true)),
    removeFaces: (ids) => write((tables) => takeFaces(tables, ids)),
    restoreFaces: (faces) => write((tables) => putFaces(tables, faces)),
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
    setCohortMeans: (modelId, means) =>
      write(async ({ photoVectors }) => {
        for (const [id, cohortMean] of means) {
          const row = await photoVectors.get(id);
          if (row?.embedding.modelId === modelId)
            await photoVectors.put({ id, embedding: { ...row.embedding, cohortMean } });
        }
      }),
    onChange(callback) {
      changed.add(callback);
      return () => changed.delete(callback);
    },
    close,
  };
}
