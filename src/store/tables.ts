import type { FaceRow, PersonRow, SettingsRow } from './rows';

export interface ReadTable<Row> {
  get(id: string): Promise<Row | undefined>;
  all(): Promise<Row[]>;
}
export interface WriteTable<Row> extends ReadTable<Row> {
  put(row: Row): Promise<unknown>;
  delete(id: string): Promise<unknown>;
}
interface OfPerson {
  ofPerson(personId: string): Promise<FaceRow[]>;
}
export interface ReadTables {
  readonly people: ReadTable<PersonRow>;
  readonly faces: ReadTable<FaceRow> & OfPerson;
  readonly settings: ReadTable<SettingsRow>;
}
export interface WriteTables extends ReadTables {
  readonly people: WriteTable<PersonRow>;
  readonly faces: WriteTable<FaceRow> & OfPerson;
  readonly settings: WriteTable<SettingsRow>;
}

/**
 * Where the tables are: the database, or memory where the browser keeps nothing. A body is one transaction and may
 * wait for nothing but the tables.
 */
export interface Backing {
  readonly persistent: boolean;
  read<R>(body: (tables: ReadTables) => Promise<R>): Promise<R>;
  /** When `body` throws, nothing of it stays. Throws `store/full` when there is no room. */
  write<R>(body: (tables: WriteTables) => Promise<R>): Promise<R>;
  deleteEverything(): Promise<void>;
  close(): void;
}
