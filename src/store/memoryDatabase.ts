import type { PagedWriteTable } from './table';
import type { CheckpointRow } from './trainSchema';
import type { WholeBacking, WholeRows, WholeWriteTables } from './wholeTables';

interface Rows extends WholeRows {
  checkpoints: CheckpointRow;
}
type Content = { readonly [K in keyof Rows]: Map<string, Rows[K]> };
export type MemoryTables = { readonly [K in keyof Rows]: PagedWriteTable<Rows[K]> };

/** All tables in memory, where the browser keeps nothing: they live until the page closes. */
export interface MemoryDatabase {
  read<R>(body: (tables: MemoryTables) => Promise<R>): Promise<R>;
  /** Writes run one after the other, each on a copy that replaces the content when it succeeds. */
  write<R>(body: (tables: MemoryTables) => Promise<R>): Promise<R>;
  clear(): void;
}

export function memoryDatabase(): MemoryDatabase {
  let content = copyOf();
  let lastWrite: Promise<unknown> = Promise.resolve();
  return {
    read: (body) => body(tablesOf(content)),
    write(body) {
      const write = lastWrite.then(async () => {
        const copy = copyOf(content);
        const result = await body(tablesOf(copy));
        content = copy;
        return result;
      });
      lastWrite = write.catch(() => undefined);
      return write;
    },
    clear() {
      content = copyOf();
    },
  };
}

function copyOf(content?: Content): Content {
  return {
    people: new Map(content?.people),
    faces: new Map(content?.faces),
    settings: new Map(content?.settings),
    photoFolders: new Map(content?.photoFolders),
    photos: new Map(content?.photos),
    photoThumbs: new Map(content?.photoThumbs),
    photoFaces: new Map(content?.photoFaces),
    photoVectors: new Map(content?.photoVectors),
    photoCrops: new Map(content?.photoCrops),
    trainRuns: new Map(content?.trainRuns),
    trainedModels: new Map(content?.trainedModels),
    trainedFiles: new Map(content?.trainedFiles),
    checkpoints: new Map(content?.checkpoints),
  };
}

function tablesOf(content: Content): MemoryTables {
  return {
    people: byId(content.people),
    faces: byId(content.faces),
    settings: byId(content.settings),
    photoFolders: byId(content.photoFolders),
    photos: byId(content.photos),
    photoThumbs: byId(content.photoThumbs),
    photoFaces: byId(content.photoFaces),
    photoVectors: byId(content.photoVectors),
    photoCrops: byId(content.photoCrops),
    trainRuns: byId(content.trainRuns),
    trainedModels: byId(content.trainedModels),
    trainedFiles: byId(content.trainedFiles),
    checkpoints: table(content.checkpoints, ({ runId }) => runId),
  };
}

const byId = <Row extends { readonly id: string }>(rows: Map<string, Row>) => table(rows, ({ id }) => id);

/** Rows are copied in, as a database does: who put one may go on with it. */
function table<Row>(rows: Map<string, Row>, idOf: (row: Row) => string): PagedWriteTable<Row> {
  return {
    get: async (id) => rows.get(id),
    all: async () => [...rows.values()],
    count: async () => rows.size,
    page: async (after, limit) =>
      [...rows]
        .filter(([id]) => after === null || id > after)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([, row]) => row),
    put: async (row) => rows.set(idOf(row), structuredClone(row)),
    delete: async (id) => rows.delete(id),
    clear: async () => rows.clear(),
  };
}

/** What a backup is made of, and restored to. */
export function memoryWhole({ read, write }: MemoryDatabase): WholeBacking {
  const facesOf = (tables: MemoryTables) => async (photoId: string) =>
    (await tables.photoFaces.all()).filter((face) => face.photoId === photoId);
  return {
    read: (body) => read((tables) => body({ ...tables, facesOf: facesOf(tables) })),
    write: (body) => write((tables) => body({ ...tables, waitFor: (work) => work } satisfies WholeWriteTables)),
  };
}
