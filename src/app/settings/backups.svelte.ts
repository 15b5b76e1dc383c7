import type { BackupOptions, CheckedBackup, RestoreMode } from '../../store/backup/backup';
import type { Store } from '../../store/schema';
import type { People } from '../people/people.svelte';
import type { Library } from '../photos/library.svelte';
import { Task } from '../shell/task.svelte';

/** Writes, checks and restores backups; continues in other views. */
export class Backups {
  readonly task = new Task();
  checked = $state.raw<(CheckedBackup & { readonly name: string }) | null>(null);

  constructor(
    private readonly store: Store,
    private readonly people: People,
    private readonly library: Library,
  ) {}

  /** The encrypted file, or null when that failed or was aborted. */
  write(passphrase: string): Promise<Blob | null> {
    return this.#work('Writing the backup', (options) => this.store.writeBackup(passphrase, options));
  }

  async check(file: File, passphrase: string): Promise<void> {
    this.checked = null;
    const checked = await this.#work('Checking the backup', (options) =>
      this.store.checkBackup(file, file.name, passphrase, options),
    );
    if (checked) this.checked = { ...checked, name: file.name };
  }

  /** Resolves to whether it is done. */
  async restore(mode: RestoreMode): Promise<boolean> {
    const { checked } = this;
    if (!checked) return false;
    const done = await this.#work('Restoring', async (options) => {
      // The library is read before the people: assignments depend on both.
      await this.people.write(() => this.library.whileStill(() => checked.restore(mode, options)));
      return true;
    });
    if (done) this.checked = null;
    return done === true;
  }

  forget(): void {
    this.checked = null;
    this.task.error = null;
  }

  #work<T>(stage: string, work: (options: BackupOptions) => Promise<T>): Promise<T | null> {
    return this.task.run(({ signal, onProgress }) => {
      const report = (done: number, total: number): void => onProgress({ stage, done, total });
      report(0, 0);
      return work({ signal, onProgress: report });
    });
  }
}
