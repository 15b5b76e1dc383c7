/** The photo library's rules: a picture, its faces, their numbers and crops are written and removed together. */
import type { Embedding } from '../core/types';
import type { Tabular } from './faceDb';
import { dropFaces, dropPhoto, movePhotos, PHOTO_TABLES, putFaces, readPhotos, takeFaces } from './photoRows';
import type { BlobRow, PhotoFace, PhotoStore } from './photoSchema';
import type { StorePart } from './schema';

async function blobRow(id: string, blob: Blob): Promise<BlobRow> {
  return { id, bytes: await blob.arrayBuffer(), type: blob.type };
}

export function photoStore({ read, write }: Tabular, part: StorePart): PhotoStore {
  return {
    ...part,
    folders: () =>
      read(['photoFolders'], async ({ photoFolders }) =>
        (await photoFolders.all()).sort((a, b) => a.createdAt - b.createdAt),
      ),
    putFolder: (folder) =>
      write(['photoFolders'], async ({ photoFolders }) => {
        await photoFolders.put(folder);
      }),
    removeFolder: (id) =>
      write([...PHOTO_TABLES, 'photoFolders'], async (tables) => {
        for (const photo of await tables.photos.by('byFolder', id)) await dropPhoto(tables, photo.id);
        await tables.photoFolders.delete(id);
      }),
    photos: () => read(['photos'], ({ photos }) => photos.all()),
    async thumbnail(photoId) {
      const row = await read(['photoThumbs'], ({ photoThumbs }) => photoThumbs.get(photoId));
      return row ? new Blob([row.bytes], { type: row.type }) : null;
    },
    faces: () => read(['photoFaces'], ({ photoFaces }) => photoFaces.all()),
    async embeddings() {
      const rows = await read(['photoVectors'], ({ photoVectors }) => photoVectors.all());
      return new Map(rows.map(({ id, embedding }): [string, Embedding] => [id, embedding]));
    },
    embeddingsOf: (ids) =>
      read(['photoVectors'], async ({ photoVectors }) => {
        const rows = await Promise.all(ids.map((id) => photoVectors.get(id)));
        return new Map(rows.flatMap((row): [string, Embedding][] => (row ? [[row.id, row.embedding]] : [])));
      }),
    facesWithoutMean: (cohort) =>
      read(['photoVectors'], async ({ photoVectors }) => {
        const [total, withMean] = await Promise.all([photoVectors.count(), photoVectors.countBy('byCohort', cohort)]);
        if (withMean === total) return [];
        const done = new Set(await photoVectors.idsBy('byCohort', cohort));
        return (await photoVectors.ids()).filter((id) => !done.has(id));
      }),
    async crop(faceId) {
      const row = await read(['photoCrops'], ({ photoCrops }) => photoCrops.get(faceId));
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
      return write(PHOTO_TABLES, async (tables) => {
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
      write(['photos'], async (tables) => {
        for (const photo of photos) if (await tables.photos.get(photo.id)) await tables.photos.put(photo);
      }),
    storedPhotos: (ids) => read(PHOTO_TABLES, (tables) => readPhotos(tables, ids)),
    removePhotos: (ids) =>
      write(PHOTO_TABLES, async (tables) => {
        const removed = await readPhotos(tables, ids);
        for (const { photo } of removed) await dropPhoto(tables, photo.id);
        return removed;
      }),
    movePhotos: (moves) => write(PHOTO_TABLES, (tables) => movePhotos(tables, moves, false)),
    copyPhotos: (copies) => write(PHOTO_TABLES, (tables) => movePhotos(tables, copies, true)),
    removeFaces: (ids) => write(PHOTO_TABLES, (tables) => takeFaces(tables, ids)),
    restoreFaces: (faces) => write(PHOTO_TABLES, (tables) => putFaces(tables, faces)),
    assign: (assignments) =>
      write(['photoFaces'], async ({ photoFaces }) => {
        for (const [id, assignment] of assignments) {
          const face = await photoFaces.get(id);
          if (face) await photoFaces.put({ ...face, ...assignment });
        }
      }),
    setEmbeddings: (embeddings) =>
      write(['photoVectors'], async ({ photoVectors }) => {
        for (const [id, embedding] of embeddings)
          if (await photoVectors.get(id)) await photoVectors.put({ id, embedding });
      }),
    setCohortMeans: (modelId, means) =>
      write(['photoVectors'], async ({ photoVectors }) => {
        for (const [id, cohortMean] of means) {
          const row = await photoVectors.get(id);
          if (row?.embedding.modelId === modelId)
            await photoVectors.put({ id, embedding: { ...row.embedding, cohortMean } });
        }
      }),
    groupedBy: () =>
      read(['photoGrouping'], async ({ photoGrouping }) => (await photoGrouping.get('grouping'))?.state ?? null),
    setGroupedBy: (state) =>
      write(['photoGrouping'], async ({ photoGrouping }) => {
        await photoGrouping.put({ id: 'grouping', state });
      }),
  };
}
