/** The tables in memory, for browsers that store nothing and for unit tests: they live until the page closes. */
import type { Database, IndexName, Row, Table, TableName, Tables } from './faceDb';

type Rows<N extends TableName> = Map<string, Row<N>>;

type AnyIndex = { [N in TableName]: IndexName<N> }[TableName];
/** The field of each index, as migrations.ts creates them. */
const INDEX_FIELD: Readonly<Record<AnyIndex, readonly string[]>> = {
  byPerson: ['personId'],
  byModel: ['modelId'],
  byFolder: ['folderId'],
  byPhoto: ['photoId'],
  byCohort: ['embedding', 'cohortMean', 'cohort'],
};

/** An empty database. Writes run one after the other, each on copies that replace the content when it succeeds. */
export function memoryDatabase(): Database {
  let content: ReadonlyMap<TableName, Rows<TableName>> = new Map();
  let lastWrite: Promise<unknown> = Promise.resolve();
  return {
    persistent: false,
    read: (names, body) => body(tablesOf(names, (name) => content.get(name) ?? new Map<never, never>())),
    write(names, body) {
      const write = lastWrite.then(async () => {
        const copies = new Map(names.map((name) => [name, new Map(content.get(name))]));
        const result = await body(
          tablesOf(names, (name) => copies.get(name)!),
          (work) => work,
        );
        content = new Map<TableName, Rows<TableName>>([...content, ...copies]);
        return result;
      });
      lastWrite = write.catch(() => undefined);
      return write;
    },
    close() {},
  };
}

function tablesOf<N extends TableName>(names: readonly N[], rowsOf: (name: N) => Rows<TableName>): Tables<N> {
  return Object.fromEntries(names.map((name) => [name, table(rowsOf(name))])) as unknown as Tables<N>;
}

/** Rows are copied when they are put, as in a database: the caller may change its own afterwards. */
function table<N extends TableName>(rows: Rows<N>): Table<N> {
  const by = (index: IndexName<N>, key: string) =>
    [...rows].filter(([, row]) => fieldOf(row, INDEX_FIELD[index as AnyIndex]) === key);
  return {
    get: async (id) => rows.get(id),
    all: async () => [...rows.values()],
    ids: async () => [...rows.keys()],
    count: async () => rows.size,
    page: async (after, limit) =>
      [...rows]
        .filter(([id]) => after === null || id > after)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([, row]) => row),
    by: async (index, key) => by(index, key).map(([, row]) => row),
    idsBy: async (index, key) => by(index, key).map(([id]) => id),
    countBy: async (index, key) => by(index, key).length,
    put: async (row) => rows.set('runId' in row ? row.runId : row.id, structuredClone(row)),
    delete: async (id) => rows.delete(id),
    clear: async () => rows.clear(),
  };
}

function fieldOf(row: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], row);
}
