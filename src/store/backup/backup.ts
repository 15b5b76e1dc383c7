/** What a backup is to those who write and restore it. */
import type { TableName, Tables } from '../faceDb';

/** The tables that a restore writes: all but the checkpoints of trainings that are not decided yet. */
export const RESTORED = [
  'people',
  'faces',
  'settings',
  'photoFolders',
  'photos',
  'photoThumbs',
  'photoFaces',
  'photoVectors',
  'photoCrops',
  'photoGrouping',
  'trainRuns',
  'trainedModels',
  'trainedFiles',
] as const satisfies readonly TableName[];
export type RestoredTables = Tables<(typeof RESTORED)[number]>;

/** How many of each a backup holds; what its version did not know yet is 0. */
export interface BackupCounts {
  readonly people: number;
  readonly faces: number;
  readonly folders: number;
  readonly photos: number;
  readonly photoFaces: number;
  readonly runs: number;
  readonly models: number;
}
/** What a backup holds. */
export interface BackupSummary extends BackupCounts {
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** False for one of version 1, which had only people and settings. */
  readonly hasPhotosAndModels: boolean;
}

/** A backup every byte of which has been checked. */
export interface CheckedBackup {
  readonly summary: BackupSummary;
  /** Writes it all or nothing. Throws `store/full`, `store/other-tab`, `aborted`, and as opening (a changed file). */
  restore(mode: RestoreMode, options?: BackupOptions): Promise<void>;
}

/**
 * `replace`: what is here goes, the backup's settings count. `merge`: what is here stays as it is, settings too, and what
 * it lacks is added: a person of the same id or, else, of the same name gets the backup's faces; a folder that would have
 * to be handed over again the pictures of one of the same name that has pictures in common with it; of a picture that has
 * changed meanwhile, what is here stays.
 */
export type RestoreMode = 'merge' | 'replace';

export interface BackupOptions {
  readonly signal?: AbortSignal;
  /** Faces, pictures and megabytes of models, or bytes of the file, of `total`. */
  readonly onProgress?: (done: number, total: number) => void;
}
