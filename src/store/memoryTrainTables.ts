import type { MemoryDatabase, MemoryTables } from './memoryDatabase';
import type { TrainBacking, TrainTables } from './trainTables';

/** The training tables in memory, where the browser keeps nothing. */
export function memoryTrainTables(database: MemoryDatabase): TrainBacking {
  return {
    persistent: false,
    read: (body) => database.read((tables) => body(trainingOf(tables))),
    write: (body) => database.write((tables) => body(trainingOf(tables))),
  };
}

function trainingOf({ trainRuns, checkpoints, trainedModels, trainedFiles }: MemoryTables): TrainTables {
  const keysOfModel = async (modelId: string) =>
    (await trainedFiles.all()).filter((row) => row.modelId === modelId).map(({ id }) => id);
  return { trainRuns, checkpoints, trainedModels, trainedFiles: { ...trainedFiles, keysOfModel } };
}
