import { toFaceError, type FaceError } from '../../core/errors';
import type { BackupOptions, CheckedBackup, RestoreMode } from '../../store/backup/backup';
import type { People } from '../people/people.svelte';
import type { Photos } from '../photos/photos.svelte';

/** A backup being written, checked or restored: it goes on in other views. */
export class Backups {
  progress = $state.raw<{ readonly label: string; readonly done: number; readonly total: number } | null>(null);
  error = $state.raw<FaceError | null>(null);
  checked = $state.raw<(CheckedBackup & { readonly name: string }) | null>(null);
  #abort = new AbortController();

  constructor(
    private readonly people: People,
    private readonly photos: Photos,
  ) {}

  /** The encrypted file, or null when that failed or was stopped. */
  write(passphrase: string): Promise<Blob | null> {
    return this.#work('Writing the backup…', (options) => this.people.store.writeBackup(passphrase, options));
  }

  async check(file: File, passphrase: string): Promise<void> {
    this.checked = null;
    const checked = await this.#work('Checking the backup…', (options) =>
      this.people.store.checkBackup(file, file.name, passphrase, options),
    );
    if (checked) this.checked = { ...checked, name: file.name };
  }

  /** Resolves to whether it is done. */
  async restore(mode: RestoreMode): Promise<boolean> {
    const { checked } = this;
    if (!checked) return false;
    const done = await this.#work('Restoring…', async (options) => {
      // The library is read anew before the people are told: who is in which picture goes by both.
      await this.people.write(() => this.photos.whileStill(() => checked.restore(mode, options)));
      return true;
    });
    if (done) this.checked = null;
    return done === true;
  }

  cancel(): void {
    this.#abort.abort();
  }

  forget(): void {
    this.checked = null;
    this.error = null;
  }

  async #work<T>(label: string, work: (options: BackupOptions) => Promise<T>): Promise<T | null> {
    this.#abort = new AbortController();
    this.error = null;
    this.progress = { label, done: 0, total: 0 };
    try {
      const onProgress = (done: number, total: number): void => {
        this.progress = { label, done, total };
      };
      return await work({ signal: this.#abort.signal, onProgress });
    } catch (thrown) {
      const error = toFaceError(thrown);
      this.error = error.code === 'aborted' ? null : error;
      return null;
    } finally {
      this.progress = null;
    }
  }
}
