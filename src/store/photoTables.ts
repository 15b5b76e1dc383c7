import type { BlobRow, PhotoCropRow, PhotoFace, PhotoFolder, PhotoRecord, PhotoVectorRow } from './photoSchema';

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
  /** Ids of the embeddings that carry no mean of that cohort. */
  vectorsWithoutMean(cohort: string): Promise<string[]>;
};

/** Where the tables are. A body is one transaction and waits for nothing but the tables. */
export interface PhotoBacking {
  readonly persistent: boolean;
  run<R>(mode: 'readonly' | 'readwrite', body: (tables: PhotoTables) => Promise<R>): Promise<R>;
}
