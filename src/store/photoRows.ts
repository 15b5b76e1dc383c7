/** A picture's rows in five tables, moved together. Each function is part of a caller's transaction. */
import type { ReadTables, Tables } from './faceDb';
import type { PhotoFace, PhotoMove, StoredPhoto, StoredPhotoFace } from './photoSchema';

/** The tables that hold a picture. */
export const PHOTO_TABLES = ['photos', 'photoThumbs', 'photoFaces', 'photoVectors', 'photoCrops'] as const;
type PhotoTables = Tables<(typeof PHOTO_TABLES)[number]>;
type PhotoReadTables = ReadTables<(typeof PHOTO_TABLES)[number]>;

async function withRows(tables: PhotoReadTables, face: PhotoFace): Promise<StoredPhotoFace> {
  return { face, vector: await tables.photoVectors.get(face.id), crop: await tables.photoCrops.get(face.id) };
}

async function readPhoto(tables: PhotoReadTables, id: string): Promise<StoredPhoto | null> {
  const photo = await tables.photos.get(id);
  if (!photo) return null;
  const faces: StoredPhotoFace[] = [];
  for (const face of await tables.photoFaces.by('byPhoto', id)) faces.push(await withRows(tables, face));
  return { photo, thumbnail: await tables.photoThumbs.get(id), faces };
}

/** All rows of those pictures that are there. */
export async function readPhotos(tables: PhotoReadTables, ids: readonly string[]): Promise<StoredPhoto[]> {
  const found: StoredPhoto[] = [];
  for (const id of ids) {
    const photo = await readPhoto(tables, id);
    if (photo) found.push(photo);
  }
  return found;
}

export async function dropFaces(tables: PhotoTables, photoId: string): Promise<void> {
  for (const { id } of await tables.photoFaces.by('byPhoto', photoId)) await dropFace(tables, id);
}

async function dropFace(tables: PhotoTables, id: string): Promise<void> {
  await tables.photoFaces.delete(id);
  await tables.photoVectors.delete(id);
  await tables.photoCrops.delete(id);
}

/** Takes out those that are there, with all their rows, and gives them. */
export async function takeFaces(tables: PhotoTables, ids: Iterable<string>): Promise<StoredPhotoFace[]> {
  const taken: StoredPhotoFace[] = [];
  for (const id of ids) {
    const face = await tables.photoFaces.get(id);
    if (!face) continue;
    taken.push(await withRows(tables, face));
    await dropFace(tables, id);
  }
  return taken;
}

/** Puts faces back; those of pictures that have gone meanwhile stay out. */
export async function putFaces(tables: PhotoTables, faces: readonly StoredPhotoFace[]): Promise<void> {
  for (const { face, vector, crop } of faces) {
    if (!(await tables.photos.get(face.photoId))) continue;
    await tables.photoFaces.put(face);
    if (vector) await tables.photoVectors.put(vector);
    if (crop) await tables.photoCrops.put(crop);
  }
}

export async function dropPhoto(tables: PhotoTables, id: string): Promise<void> {
  await dropFaces(tables, id);
  await tables.photoThumbs.delete(id);
  await tables.photos.delete(id);
}

/** Puts a picture's rows, replacing what is there. `newId`: by a face's id the one that it gets. */
async function putPhoto(
  tables: PhotoTables,
  { photo, thumbnail, faces }: StoredPhoto,
  newId: (id: string) => string,
): Promise<void> {
  await dropPhoto(tables, photo.id);
  await tables.photos.put(photo);
  if (thumbnail) await tables.photoThumbs.put({ ...thumbnail, id: photo.id });
  for (const { face, vector, crop } of faces) {
    const id = newId(face.id);
    await tables.photoFaces.put({ ...face, id, photoId: photo.id });
    if (vector) await tables.photoVectors.put({ ...vector, id });
    if (crop) await tables.photoCrops.put({ ...crop, id });
  }
}

/** Reads what is moved before anything is written: a picture may go where another one comes from. */
export async function movePhotos(
  tables: PhotoTables,
  moves: readonly PhotoMove[],
  keep: boolean,
): Promise<PhotoMove[]> {
  const read: { readonly move: PhotoMove; readonly stored: StoredPhoto }[] = [];
  for (const move of moves) {
    const stored = typeof move.from === 'string' ? await readPhoto(tables, move.from) : move.from;
    if (stored) read.push({ move, stored });
  }
  if (!keep) for (const { move } of read) if (typeof move.from === 'string') await dropPhoto(tables, move.from);
  for (const { move, stored } of read)
    await putPhoto(tables, { ...stored, photo: move.to }, keep ? () => crypto.randomUUID() : (id) => id);
  return read.map(({ move }) => move);
}
