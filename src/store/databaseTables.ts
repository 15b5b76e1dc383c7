import type { PagedTable, PagedWriteTable } from './table';

interface Reads<Row> {
  get(id: string): Promise<Row | undefined>;
  count(): Promise<number>;
  getAll(range?: IDBKeyRange | null, count?: number): Promise<Row[]>;
}
/** What changes a store is absent in a transaction that only reads. */
interface Writes<Row> extends Reads<Row> {
  readonly put: ((row: Row) => Promise<unknown>) | undefined;
  readonly delete: ((id: string) => Promise<void>) | undefined;
  readonly clear: (() => Promise<void>) | undefined;
}

/** A table of the database within a transaction, by its rows' ids. */
export function readTable<Row>(store: Reads<Row>): PagedTable<Row> {
  return {
    get: (id) => store.get(id),
    all: () => store.getAll(),
    count: () => store.count(),
    page: (after, limit) => store.getAll(after === null ? null : IDBKeyRange.lowerBound(after, true), limit),
  };
}
/** The same, to be changed too; the caller knows that its transaction writes before it calls what writes. */
export function writeTable<Row>(store: Writes<Row>): PagedWriteTable<Row> {
  return {
    ...readTable(store),
    put: (row) => store.put!(row),
    delete: (id) => store.delete!(id),
    clear: () => store.clear!(),
  };
}
