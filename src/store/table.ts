export interface ReadTable<Row> {
  get(id: string): Promise<Row | undefined>;
  all(): Promise<Row[]>;
}
export interface WriteTable<Row> extends ReadTable<Row> {
  put(row: Row): Promise<unknown>;
  delete(id: string): Promise<unknown>;
}
/** A table that may be too much to have at once. */
export interface PagedTable<Row> extends ReadTable<Row> {
  count(): Promise<number>;
  /** At most `limit` rows whose ids follow `after` (null: from the first), by id. */
  page(after: string | null, limit: number): Promise<Row[]>;
}
export interface PagedWriteTable<Row> extends PagedTable<Row>, WriteTable<Row> {
  clear(): Promise<unknown>;
}
