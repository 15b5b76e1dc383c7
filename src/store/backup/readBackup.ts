import { throwIfAborted } from '../../core/abort';
import { FaceError } from '../../core/errors';
import type { WholeBacking } from '../wholeTables';
import type { BackupOptions, BackupSummary, CheckedBackup } from './backup';
import { recordChecker } from './checkRecords';
import { decryptBackup, openBackupFile, type OpenedFile } from './container';
import { decodeRecords } from './records';
import { restorer } from './restore';

/**
 * Opens a backup and reads all of it, keeping nothing but the ids, before anything can be written. Throws
 * `backup/not-a-backup`, `backup/newer-version`, `backup/wrong-passphrase`, `backup/cut-off`, `backup/damaged`, `aborted`.
 */
export async function checkBackup(
  whole: Pick<WholeBacking, 'write'>,
  file: Blob,
  name: string,
  passphrase: string,
  options: BackupOptions = {},
): Promise<CheckedBackup> {
  const opened = await openBackupFile(file, name, passphrase);
  return {
    summary: await check(opened, options),
    restore: (mode, restoring = {}) =>
      whole.write(async (tables) => {
        const take = await restorer(tables, mode, opened.version);
        const chunks = recordsOf(opened, restoring);
        for (;;) {
          // Reading and decrypting are not the database's work: the transaction waits for them.
          const { done, value: records } = await tables.waitFor(chunks.next());
          if (done) return;
          throwIfAborted(restoring.signal);
          for (const record of records) await take(record);
        }
      }),
  };
}

function recordsOf(opened: OpenedFile, { onProgress }: BackupOptions) {
  const { file, name } = opened;
  return decodeRecords(
    decryptBackup(opened, (bytes) => onProgress?.(bytes, file.size)),
    name,
  );
}

async function check(opened: OpenedFile, options: BackupOptions): Promise<BackupSummary> {
  const checker = recordChecker((reason) => new FaceError('backup/damaged', { name: opened.name, reason }));
  for await (const records of recordsOf(opened, options)) {
    throwIfAborted(options.signal);
    for (const record of records) checker.take(record);
  }
  const { counts, createdAt } = checker.end();
  return { ...counts, createdAt, hasPhotosAndModels: opened.version >= 2 };
}
