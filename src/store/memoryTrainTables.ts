import type { TrainBacking, TrainTables } from './trainTables';
import type { WriteTable } from './tables';

/** The training tables in memory, where the browser keeps nothing. Rows are copied in and out, as a database does. */
export function memoryTrainTables(): TrainBacking {
  const files = memoryTable((row: { readonly id: string; readonly modelId: string }) => row.id);
  const tables = {
    trainRuns: memoryTable((row: { readonly id: string }) => row.id),
    checkpoints: memoryTable((row: { readonly runId: string }) => row.runId),
    trainedModels: memoryTable((row: { readonly id: string }) => row.id),
    trainedFiles: {
      ...files,
      keysOfModel: async (modelId: string) =>
        (await files.all()).filter((row) => row.modelId === modelId).map(({ id }) => id),
    },
  } as unknown as TrainTables;
  return { persistent: false, read: (body) => body(tables), write: (body) => body(tables) };
}

function memoryTable<Row>(idOf: (row: Row) => string): WriteTable<Row> {
  const rows = new Map<string, Row>();
  return {
    async get(id) {
      const row = rows.get(id);
      return row && structuredClone(row);
    },
    all: async () => [...rows.values()].map((row) => structuredClone(row)),
    put: async (row) => void rows.set(idOf(row), structuredClone(row)),
    delete: async (id) => void rows.delete(id),
  };
}
