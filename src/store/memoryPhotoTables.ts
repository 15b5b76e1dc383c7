import type { MemoryDatabase, MemoryTables } from './memoryDatabase';
import type { PhotoBacking, PhotoTables } from './photoTables';

/** The photo library's tables in memory, where the browser keeps nothing. */
export function memoryPhotoTables(database: MemoryDatabase): PhotoBacking {
  return {
    persistent: false,
    run: (mode, body) =>
      mode === 'readonly'
        ? database.read((tables) => body(libraryOf(tables)))
        : database.write((tables) => body(libraryOf(tables))),
  };
}

function libraryOf(tables: MemoryTables): PhotoTables {
  const { photoFolders, photos, photoThumbs, photoFaces, photoVectors, photoCrops } = tables;
  return {
    photoFolders,
    photos,
    photoThumbs,
    photoFaces,
    photoVectors,
    photoCrops,
    photosOf: async (folderId) => (await photos.all()).filter((photo) => photo.folderId === folderId),
    facesOf: async (photoId) => (await photoFaces.all()).filter((face) => face.photoId === photoId),
    vectorsWithoutMean: async (cohort) =>
      (await photoVectors.all()).flatMap(({ id, embedding }) => (embedding.cohortMean?.cohort === cohort ? [] : [id])),
  };
}
