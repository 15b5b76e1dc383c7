import type { PhotoFace } from './photoSchema';
import type { PhotoRows } from './photoTables';
import type { FaceRow, PersonRow, SettingsRow } from './rows';
import type { PagedTable, PagedWriteTable } from './table';
import type { TrainedFileRow, TrainedModelRecord, TrainRunRecord } from './trainSchema';

/** All tables that a backup holds: all there are but the checkpoints of trainings that are not decided yet. */
export interface WholeRows extends PhotoRows {
  people: PersonRow;
  faces: FaceRow;
  settings: SettingsRow;
  trainRuns: TrainRunRecord;
  trainedModels: TrainedModelRecord;
  trainedFiles: TrainedFileRow;
}

interface OfPhoto {
  facesOf(photoId: string): Promise<PhotoFace[]>;
}
export type WholeTables = { readonly [K in keyof WholeRows]: PagedTable<WholeRows[K]> } & OfPhoto;
export type WholeWriteTables = { readonly [K in keyof WholeRows]: PagedWriteTable<WholeRows[K]> } & {
  /** The one other thing that a body may wait for: keeps the transaction open meanwhile, so let it be short. */
  waitFor<R>(work: Promise<R>): Promise<R>;
};

/** All tables at once. A body is one transaction and may wait for nothing but the tables. */
export interface WholeBacking {
  read<R>(body: (tables: WholeTables) => Promise<R>): Promise<R>;
  /** When `body` throws, nothing of it stays. Throws `store/full` when there is no room. */
  write<R>(body: (tables: WholeWriteTables) => Promise<R>): Promise<R>;
}
