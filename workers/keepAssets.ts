import { ASSET_CACHE } from '../src/core/appCaches';

/**
 * Puts the scripts and engines that this worker has loaded where the service worker looks for them. At the first visit
 * they came before it was in charge; without this they would be missing at a second one without a network. They come out
 * of the browser's own cache. Where nothing can be kept, nothing happens.
 */
export async function keepLoadedAssets(): Promise<void> {
  if (!import.meta.env.PROD || !('caches' in globalThis)) return;
  const folder = new URL('./', self.location.href).href;
  try {
    const cache = await caches.open(ASSET_CACHE);
    for (const { name } of performance.getEntriesByType('resource'))
      if (name.startsWith(folder) && !(await cache.match(name))) await cache.add(name);
  } catch {
    // no room, or the network is gone already: the next visit with a network keeps them
  }
}
