import type { Store } from '../../store/schema';

/** With less room than this, saving a few more pictures could fail: the user is warned. */
export const LOW_ROOM_BYTES = 20e6;

/** How much this app stores, how much the browser allows, and whether it has promised to keep it. */
export class Room {
  usage = $state.raw<{ readonly used: number; readonly quota: number } | null>(null);
  /** True: kept until the user deletes it; false: may be deleted when the device gets full; null: unknown. */
  isKept = $state<boolean | null>(null);
  left = $derived(this.usage && this.usage.quota > 0 ? Math.max(0, this.usage.quota - this.usage.used) : null);
  isLow = $derived(this.left !== null && this.left < LOW_ROOM_BYTES);

  constructor(private readonly store: Store) {
    if (!store.persistent) return;
    store.people.onChange(() => void this.refresh());
    void this.refresh();
  }

  /** Asks the browser again. Never rejects. */
  async refresh(): Promise<void> {
    this.usage = await this.store.usage().catch(() => null);
    this.isKept = 'storage' in navigator ? await navigator.storage.persisted().catch(() => null) : null;
  }

  /** Asks the browser to keep the data, which may ask the user. Resolves to whether it will. */
  async askToKeep(): Promise<boolean> {
    const kept = 'storage' in navigator && (await navigator.storage.persist().catch(() => false));
    await this.refresh();
    return kept;
  }
}
