import { cdp } from 'vitest/browser';

/**
 * Does `work` in a browser that has room for `room` bytes more than it uses now. Everything the origin had stored is
 * cleared first: other tests' files would count, and Chromium's IndexedDB asks for the quota again only half a minute
 * later unless it has no database open. The quota is lifted again however `work` ends.
 */
export async function withRoom(room: number, work: () => Promise<void>): Promise<void> {
  const { origin } = location;
  await cdp().send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb,cache_storage,file_systems' });
  const { usage = 0 } = await navigator.storage.estimate();
  try {
    await cdp().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + room });
    await work();
  } finally {
    await cdp().send('Storage.overrideQuotaForOrigin', { origin });
  }
}
