import type { WriteTable } from './table';
import type { CheckpointRow, TrainedFileRow, TrainedModelRecord, TrainRunRecord } from './trainSchema';

export const TRAIN_TABLES = ['trainRuns', 'checkpoints', 'trainedModels', 'trainedFiles'] as const;

export interface TrainTables {
  readonly trainRuns: WriteTable<TrainRunRecord>;
  readonly checkpoints: WriteTable<CheckpointRow>;
  readonly trainedModels: WriteTable<TrainedModelRecord>;
  readonly trainedFiles: WriteTable<TrainedFileRow> & { keysOfModel(modelId: string): Promise<string[]> };
}

/** Where the tables are. A body is one transaction and may wait for nothing but the tables. */
export interface TrainBacking {
  readonly persistent: boolean;
  read<R>(body: (tables: TrainTables) => Promise<R>): Promise<R>;
  /** When `body` throws, nothing of it stays. Throws `store/full` when there is no room. */
  write<R>(body: (tables: TrainTables) => Promise<R>): Promise<R>;
}
