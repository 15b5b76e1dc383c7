/** The only list of the database's tables, and the two interfaces through which the store reads and writes them. */
import type { DBSchema, IndexNames, StoreNames } from 'idb';
import type { BlobRow, PhotoCropRow, PhotoFace, PhotoFolder, PhotoRecord, PhotoVectorRow } from './photoSchema';
import type { FaceRow, PersonRecord, SettingsRow, Topic } from './schema';
import type {
  CheckpointMetaRow,
  CheckpointRow,
  TrainedFileRow,
  TrainedModelRecord,
  TrainRunRecord,
} from './trainSchema';

/** The database in its present version (migrations.ts). Rows have the key `id`; checkpoints `runId`. */
export interface FaceDb extends DBSchema {
  people: { key: string; value: PersonRecord };
  faces: { key: string; value: FaceRow; indexes: { byPerson: string } };
  settings: { key: string; value: SettingsRow };
  trainRuns: { key: string; value: TrainRunRecord };
  checkpoints: { key: string; value: CheckpointRow };
  checkpointMeta: { key: string; value: CheckpointMetaRow };
  trainedModels: { key: string; value: TrainedModelRecord };
  trainedFiles: { key: string; value: TrainedFileRow; indexes: { byModel: string } };
  photoFolders: { key: string; value: PhotoFolder };
  photos: { key: string; value: PhotoRecord; indexes: { byFolder: string } };
  photoThumbs: { key: string; value: BlobRow };
  photoFaces: { key: string; value: PhotoFace; indexes: { byPhoto: string } };
  photoVectors: { key: string; value: PhotoVectorRow; indexes: { byCohort: string } };
  photoCrops: { key: string; value: PhotoCropRow };
  /** One row: what the photos' faces were last grouped by. */
  photoGrouping: { key: string; value: { readonly id: 'grouping'; readonly state: string } };
}
export type TableName = StoreNames<FaceDb>;
export type Row<N extends TableName> = FaceDb[N]['value'];
export type IndexName<N extends TableName> = IndexNames<FaceDb, N>;

/** What a write to each table changes for listeners; null: nobody shows or caches the rows. */
export const TOPIC_OF: Readonly<Record<TableName, Topic | null>> = {
  people: 'people',
  faces: 'people',
  settings: 'settings',
  trainRuns: 'training',
  checkpoints: null,
  checkpointMeta: null,
  trainedModels: 'training',
  trainedFiles: 'training',
  photoFolders: 'photos',
  photos: 'photos',
  photoThumbs: 'photos',
  photoFaces: 'photos',
  photoVectors: 'photos',
  photoCrops: 'photos',
  photoGrouping: null,
};

/** A table within a transaction that reads. */
export interface ReadTable<N extends TableName> {
  get(id: string): Promise<Row<N> | undefined>;
  all(): Promise<Row<N>[]>;
  ids(): Promise<string[]>;
  count(): Promise<number>;
  /** At most `limit` rows whose ids follow `after` (null: from the first), by id. */
  page(after: string | null, limit: number): Promise<Row<N>[]>;
  /** The rows whose field of that index is `key`; their ids; their number. */
  by(index: IndexName<N>, key: string): Promise<Row<N>[]>;
  idsBy(index: IndexName<N>, key: string): Promise<string[]>;
  countBy(index: IndexName<N>, key: string): Promise<number>;
}
export interface Table<N extends TableName> extends ReadTable<N> {
  /** Adds the row, or replaces the one with its id. */
  put(row: Row<N>): Promise<unknown>;
  delete(id: string): Promise<unknown>;
  clear(): Promise<unknown>;
}
export type ReadTables<N extends TableName> = { readonly [K in N]: ReadTable<K> };
export type Tables<N extends TableName> = { readonly [K in N]: Table<K> };

/** Keeps a transaction open until `work` ends, which should therefore be short. */
export type WaitFor = <R>(work: Promise<R>) => Promise<R>;

/** Each `body` is one transaction on those tables; it may await only them, or what it hands to `waitFor`. */
export interface Tabular {
  readonly read: <N extends TableName, R>(
    names: readonly N[],
    body: (tables: ReadTables<N>) => Promise<R>,
  ) => Promise<R>;
  /** All or nothing: when `body` throws, nothing is written. Throws `store/full` where there is no room. */
  readonly write: <N extends TableName, R>(
    names: readonly N[],
    body: (tables: Tables<N>, waitFor: WaitFor) => Promise<R>,
  ) => Promise<R>;
}
/** IndexedDB (database.ts), or memory where the browser stores nothing (memory.ts). */
export interface Database extends Tabular {
  readonly persistent: boolean;
  close(): void;
}
