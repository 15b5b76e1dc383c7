import { isShellCache } from '../core/hosting/appCaches';

/**
 * Whether the root of this host has a copy of the app: names without a folder are its own then. Another
 * app's service worker there says nothing; ours keeps the start page in its cache. Throws where the browser does not tell.
 */
export async function hasRootCopy(): Promise<boolean> {
  if (!('serviceWorker' in navigator)) return false;
  const registrations = await navigator.serviceWorker.getRegistrations();
  if (!registrations.some(({ scope }) => scope === `${location.origin}/`)) return false;
  for (const name of await caches.keys())
    if (isShellCache(name, '/') && (await caches.match(`${location.origin}/index.html`, { cacheName: name })))
      return true;
  return false;
}
