import { assetCache } from '../../core/hosting/appCaches';
import { APP_SCOPE } from '../../core/hosting/appScope';

/**
 * Puts the scripts and engines that this worker has loaded where the service worker looks for them. At the first visit
 * they came before it was in charge; without this they would be missing at a second one without a network. They come out
 * of the browser's own cache. Where nothing can be kept, nothing happens.
 */
export async function keepLoadedAssets(): Promise<void> {
  if (!import.meta.env.PROD || !('caches' in globalThis)) return;
  const folder = new URL('./', self.location.href).href;
  const added: string[] = [];
  const cache = await caches.open(assetCache(APP_SCOPE)).catch(() => null);
  if (!cache) return;
  try {
    for (const { name } of performance.getEntriesByType('resource')) {
      if (!name.startsWith(folder) || (await cache.match(name))) continue;
      await cache.add(name);
      added.push(name);
    }
  } catch {
    // No room, or the network is gone: a part of them is of no use, and people need the room more.
    for (const name of added) await cache.delete(name).catch(() => false);
  }
}
