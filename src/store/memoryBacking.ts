import type { FaceRow, PersonRow, SettingsRow } from './rows';
import type { Backing, PagedWriteTable, WriteTables } from './tables';

interface Content {
  readonly people: Map<string, PersonRow>;
  readonly faces: Map<string, FaceRow>;
  readonly settings: Map<string, SettingsRow>;
}

function table<Row extends { readonly id: string }>(rows: Map<string, Row>): PagedWriteTable<Row> {
  return {
    get: async (id) => rows.get(id),
    all: async () => [...rows.values()],
    count: async () => rows.size,
    page: async (after, limit) =>
      [...rows.values()]
        .filter(({ id }) => after === null || id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    put: async (row) => rows.set(row.id, row),
    delete: async (id) => rows.delete(id),
    clear: async () => rows.clear(),
  };
}

function tablesOf({ people, faces, settings }: Content): WriteTables {
  return {
    people: table(people),
    faces: {
      ...table(faces),
      ofPerson: async (personId) => [...faces.values()].filter((face) => face.personId === personId),
    },
    settings: table(settings),
    waitFor: (work) => work,
  };
}

/** Tables that live until the page closes. Writes run one after the other, each on a copy that replaces the content when it succeeds. */
export function memoryBacking(): Backing {
  let content: Content = { people: new Map(), faces: new Map(), settings: new Map() };
  let lastWrite: Promise<unknown> = Promise.resolve();

  return {
    persistent: false,
    read: (body) => body(tablesOf(content)),
    write(body) {
      const write = lastWrite.then(async () => {
        const { people, faces, settings } = content;
        const copy = { people: new Map(people), faces: new Map(faces), settings: new Map(settings) };
        const result = await body(tablesOf(copy));
        content = copy;
        return result;
      });
      lastWrite = write.catch(() => undefined);
      return write;
    },
    async deleteEverything() {
      content = { people: new Map(), faces: new Map(), settings: new Map() };
    },
    close() {},
  };
}
