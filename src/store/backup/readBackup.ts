import { throwIfAborted } from '../../core/abort';
import { FaceError } from '../../core/errors';
import { nameKey } from '../names';
import type { Settings } from '../schema';
import type { Backing, WriteTables } from '../tables';
import { decryptBackup, openBackupFile, type OpenedFile } from './container';
import { decodeRecords } from './records';
import type { BackupOptions } from './writeBackup';

/** What a backup holds. */
export interface BackupSummary {
  readonly people: number;
  readonly faces: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/**
 * `replace`: what is here goes, the backup's settings count. `merge`: what is here stays as it is, settings too, and what
 * it lacks is added; a person of the same id or, else, of the same name gets the backup's faces.
 */
export type RestoreMode = 'merge' | 'replace';

/** A backup every byte of which has been checked. */
export interface CheckedBackup {
  readonly summary: BackupSummary;
  /**
   * Writes it in one transaction, all or nothing; each chunk is verified once more as it is read. Throws `store/full`,
   * `aborted`, and what opening throws when the file has changed meanwhile.
   */
  restore(mode: RestoreMode, options?: BackupOptions): Promise<void>;
}

/**
 * Opens a backup and reads all of it, keeping nothing but the ids, before anything can be written. Throws
 * `backup/not-a-backup`, `backup/newer-version`, `backup/wrong-passphrase`, `backup/cut-off`, `backup/damaged`, `aborted`.
 */
export async function checkBackup(
  backing: Pick<Backing, 'write'>,
  file: Blob,
  name: string,
  passphrase: string,
  options: BackupOptions = {},
): Promise<CheckedBackup> {
  const opened = await openBackupFile(file, name, passphrase);
  return {
    summary: await check(opened, options),
    restore: (mode, restoring = {}) => backing.write((tables) => write(tables, opened, mode, restoring)),
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
  const bad = (reason: string) => new FaceError('backup/damaged', { name: opened.name, reason });
  const people = new Set<string>();
  const names = new Set<string>();
  const faces = new Set<string>();
  let createdAt: number | null = null;
  let ended = false;
  for await (const record of recordsOf(opened, options)) {
    throwIfAborted(options.signal);
    if (ended) throw bad('it goes on behind its end');
    if ((record.kind === 'about') !== (createdAt === null)) throw bad('its records are out of order');
    if (record.kind === 'about') createdAt = record.createdAt;
    else if (record.kind === 'person') {
      const key = nameKey(record.person.name);
      if (people.has(record.person.id) || names.has(key)) throw bad('a person is in it twice');
      people.add(record.person.id);
      names.add(key);
    } else if (record.kind === 'face') {
      if (!people.has(record.face.personId)) throw bad("a face is nobody's");
      if (faces.has(record.face.id)) throw bad('a face is in it twice');
      faces.add(record.face.id);
    } else if (record.kind === 'end') {
      ended = true;
      if (record.people !== people.size || record.faces !== faces.size) throw bad('something is missing');
    }
  }
  if (!ended || createdAt === null) throw bad('its end is missing');
  return { people: people.size, faces: faces.size, createdAt };
}

async function write(
  tables: WriteTables,
  opened: OpenedFile,
  mode: RestoreMode,
  options: BackupOptions,
): Promise<void> {
  if (mode === 'replace') {
    await tables.faces.clear();
    await tables.people.clear();
  }
  const here = await tables.people.all();
  const ids = new Set(here.map(({ id }) => id));
  const byName = new Map(here.map(({ id, name }) => [nameKey(name), id]));
  /** Whose the faces of a person of the backup are, where it is another id. */
  const becomes = new Map<string, string>();
  const records = recordsOf(opened, options);
  for (;;) {
    // Reading and decrypting are not the database's work: the transaction waits for them.
    const { done, value: record } = await tables.waitFor(records.next());
    if (done) return;
    throwIfAborted(options.signal);
    if (record.kind === 'person') {
      const { person } = record;
      const sameName = byName.get(nameKey(person.name));
      if (ids.has(person.id)) continue;
      if (sameName === undefined) await tables.people.put(person);
      else becomes.set(person.id, sameName);
    } else if (record.kind === 'face') {
      const { face } = record;
      if (mode === 'merge' && (await tables.faces.get(face.id))) continue;
      await tables.faces.put({ ...face, personId: becomes.get(face.personId) ?? face.personId });
    } else if (record.kind === 'settings' && mode === 'replace') await restoreSettings(tables, record.settings);
  }
}

/** The camera is this device's own. */
async function restoreSettings({ settings }: WriteTables, restored: Partial<Settings>): Promise<void> {
  const { cameraId = null } = (await settings.get('settings')) ?? {};
  await settings.put({ ...restored, id: 'settings', cameraId });
}
