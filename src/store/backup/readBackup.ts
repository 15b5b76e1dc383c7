import { throwIfAborted } from '../../core/abort';
import { FaceError } from '../../core/errors';
import type { Tabular } from '../faceDb';
import type { PhotoFolder } from '../photoSchema';
import { RESTORED, type BackupOptions, type BackupSummary, type CheckedBackup } from './backup';
import { modelChecker } from './checkModels';
import { recordChecker } from './checkRecords';
import { decryptBackup, openBackupFile, type OpenedFile } from './container';
import { decodeRecords } from './records';
import { restorer } from './restore';
import type { PhotoList } from './sameFolders';

/**
 * Opens a backup and reads all of it, storing nothing but ids in memory and the list of pictures, before anything can be written. Throws
 * `backup/not-a-backup`, `backup/newer-version`, `backup/wrong-passphrase`, `backup/cut-off`, `backup/damaged`, `aborted`.
 */
export async function checkBackup(
  tables: Tabular,
  file: Blob,
  name: string,
  passphrase: string,
  options: BackupOptions = {},
): Promise<CheckedBackup> {
  const opened = await openBackupFile(file, name, passphrase);
  const { summary, list } = await check(opened, options);
  return {
    summary,
    restore: (mode, restoring = {}) =>
      tables.write(RESTORED, async (restored, waitFor) => {
        const write = await restorer(restored, mode, opened.version, list);
        const chunks = recordsOf(opened, restoring);
        for (;;) {
          // Reading and decrypting are not the database's work: the transaction waits for them.
          const { done, value: records } = await waitFor(chunks.next());
          if (done) return;
          throwIfAborted(restoring.signal);
          for (const record of records) await write(record);
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

async function check(opened: OpenedFile, options: BackupOptions): Promise<{ summary: BackupSummary; list: PhotoList }> {
  const bad = (reason: string) => new FaceError('backup/damaged', { name: opened.name, reason });
  const checker = recordChecker(bad);
  const models = modelChecker(bad);
  const folders: PhotoFolder[] = [];
  const photos: PhotoList['photos'][number][] = [];
  for await (const records of recordsOf(opened, options)) {
    throwIfAborted(options.signal);
    for (const record of records) {
      checker.add(record);
      await models.add(record);
      if (record.kind === 'folder') folders.push(record.folder);
      if (record.kind === 'photo') {
        const { folderId, path, size, modified, sha256 } = record.photo;
        photos.push({ folderId, path, size, modified, sha256 });
      }
    }
  }
  const { counts, createdAt } = checker.end();
  const summary = { ...counts, createdAt, hasPhotosAndModels: opened.version >= 2 };
  return { summary, list: { folders, photos } };
}
