import type { Embedding, StoredCrop } from '../core/types';
import type { PhotoFace, PhotoFolder, PhotoRecord } from './photoSchema';

/** Bytes rather than a Blob, which not every browser keeps reliably. */
export interface BlobRow {
  readonly id: string;
  readonly bytes: ArrayBuffer;
  readonly type: string;
}
export type PhotoCropRow = Omit<StoredCrop, 'picture'> & BlobRow;
export interface PhotoVectorRow {
  readonly id: string;
  readonly embedding: Embedding;
}

export interface PhotoRows {
  photoFolders: PhotoFolder;
  photos: PhotoRecord;
  photoThumbs: BlobRow;
  photoFaces: PhotoFace;
  photoVectors: PhotoVectorRow;
  photoCrops: PhotoCropRow;
}
export type PhotoTableName = keyof PhotoRows;
export const PHOTO_TABLES = [
  'photoFolders',
  'photos',
  'photoThumbs',
  'photoFaces',
  'photoVectors',
  'photoCrops',
] as const satisfies readonly PhotoTableName[];

export interface PhotoTable<Row> {
  get(id: string): Promise<Row | undefined>;
  all(): Promise<Row[]>;
  put(row: Row): Promise<unknown>;
  delete(id: string): Promise<unknown>;
}
export type PhotoTables = { readonly [K in PhotoTableName]: PhotoTable<PhotoRows[K]> } & {
  photosOf(folderId: string): Promise<PhotoRecord[]>;
  facesOf(photoId: string): Promise<PhotoFace[]>;
};

/** Where the tables are. A body is one transaction and waits for nothing but the tables. */
export interface PhotoBacking {
  readonly persistent: boolean;
  run<R>(mode: 'readonly' | 'readwrite', body: (tables: PhotoTables) => Promise<R>): Promise<R>;
}

/** Tables that live until the page closes, where the browser keeps nothing. */
export function memoryPhotoTables(): PhotoBacking {
  const table = <Row extends { readonly id: string }>(): PhotoTable<Row> => {
    const rows = new Map<string, Row>();
    return {
      get: async (id) => rows.get(id),
      all: async () => [...rows.values()],
      put: async (row) => rows.set(row.id, row),
      delete: async (id) => rows.delete(id),
    };
  };
  const photos = table<PhotoRecord>();
  const photoFaces = table<PhotoFace>();
  const tables: PhotoTables = {
    photoFolders: table<PhotoFolder>(),
    photos,
    photoThumbs: table<BlobRow>(),
    photoFaces,
    photoVectors: table<PhotoVectorRow>(),
    photoCrops: table<PhotoCropRow>(),
    photosOf: async (folderId) => (await photos.all()).filter((photo) => photo.folderId === folderId),
    facesOf: async (photoId) => (await photoFaces.all()).filter((face) => face.photoId === photoId),
  };
  return { persistent: false, run: (_mode, body) => body(tables) };
}
