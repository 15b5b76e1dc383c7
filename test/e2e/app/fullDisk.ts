import type { CDPSession, Page } from '@playwright/test';

const FILLER = 'filler';
const MIB = 2 ** 20;

/**
 * The browser's room for the app, as small as `size` bytes. To be set before the page opens a database: Chromium goes by
 * the room that it saw last for up to half a minute.
 */
export async function limitRoom(page: Page, baseURL: string, size: number): Promise<CDPSession> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(baseURL).origin, quotaSize: size });
  return devtools;
}

/** Fills what room there is, so that nothing of a kilobyte is taken any more. */
export async function fillRoom(page: Page): Promise<void> {
  await page.evaluate(
    async ([name, mib]) => {
      const opened = indexedDB.open(name);
      opened.onupgradeneeded = () => opened.result.createObjectStore('rows', { autoIncrement: true });
      await new Promise((resolve) => (opened.onsuccess = resolve));
      const fits = (size: number) =>
        new Promise<boolean>((resolve) => {
          const transaction = opened.result.transaction('rows', 'readwrite');
          // Random, lest it is packed.
          const bytes = new Uint8Array(size);
          for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
          transaction.objectStore('rows').put(bytes);
          transaction.oncomplete = () => resolve(true);
          transaction.onabort = () => resolve(false);
        });
      for (let size = 16 * mib; size >= 1024; size /= 4) while (await fits(size));
      opened.result.close();
    },
    [FILLER, MIB] as const,
  );
}

/** Takes away what `fillRoom` wrote. */
export async function freeRoom(page: Page): Promise<void> {
  await page.evaluate((name) => new Promise((resolve) => (indexedDB.deleteDatabase(name).onsuccess = resolve)), FILLER);
}
