import type { FaceRow, PersonRow, SettingsRow } from './rows';
import type { PagedTable, PagedWriteTable } from './table';
import type { WholeBacking } from './wholeTables';

interface OfPerson {
  ofPerson(personId: string): Promise<FaceRow[]>;
}
export interface ReadTables {
  readonly people: PagedTable<PersonRow>;
  readonly faces: PagedTable<FaceRow> & OfPerson;
  readonly settings: PagedTable<SettingsRow>;
}
export interface WriteTables extends ReadTables {
  readonly people: PagedWriteTable<PersonRow>;
  readonly faces: PagedWriteTable<FaceRow> & OfPerson;
  readonly settings: PagedWriteTable<SettingsRow>;
}

/**
 * Where the tables are: the database, or memory where the browser keeps nothing. A body is one transaction and may
 * wait for nothing but the tables.
 */
export interface Backing {
  readonly persistent: boolean;
  /** These tables and the others, for a backup. */
  readonly whole: WholeBacking;
  read<R>(body: (tables: ReadTables) => Promise<R>): Promise<R>;
  /** When `body` throws, nothing of it stays. Throws `store/full` when there is no room. */
  write<R>(body: (tables: WriteTables) => Promise<R>): Promise<R>;
  deleteEverything(): Promise<void>;
  close(): void;
}
