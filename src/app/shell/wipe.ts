import { APP_SCOPE } from '../../core/hosting/appScope';
import { isOwnName, ownName } from '../../core/hosting/ownNames';
import { hasRootCopy } from '../../store/rootCopy';

/** Told when everything is deleted: every other tab of the app leaves for the same page. */
const DELETED_CHANNEL = ownName('facenet-deleted', APP_SCOPE);
const OLD_MARK = 'facenet-delete';
const MARK = ownName(OLD_MARK, APP_SCOPE);
/** A database that another tab holds open is deleted when that tab lets go, or never. */
const WAIT_MS = 5_000;

/** Leaves the app for the page that deletes everything. */
export function leaveToDelete(): void {
  try {
    sessionStorage.setItem(MARK, '1');
  } catch {
    location.reload();
    return; // storage is blocked: there is nothing but this page's memory
  }
  location.replace('deleted.html'); // “Back” must not bring the people back
}

/** Whether this tab came to the page that deletes by that button; other tabs of the app are told to come too. */
export function isAskedToDelete(): boolean {
  // A tab that still ran a version from before names carried the folder set the mark without it.
  if (APP_SCOPE !== '/' && sessionStorage.getItem(OLD_MARK) !== null) {
    sessionStorage.removeItem(OLD_MARK);
    sessionStorage.setItem(MARK, '1');
  }
  if (sessionStorage.getItem(MARK) === null) return false;
  new BroadcastChannel(DELETED_CHANNEL).postMessage('deleted');
  return true;
}

/** Follows when another tab deletes everything: what this one holds open would keep it. */
export function followDeletion(): void {
  new BroadcastChannel(DELETED_CHANNEL).addEventListener('message', leaveToDelete);
}

/**
 * Removes all that this copy of the app keeps; what other apps of the origin keep stays, and copies in other folders.
 * Resolves to the names of what could not be removed.
 */
export async function wipeOwn(): Promise<string[]> {
  const left: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    await work().catch(() => left.push(what));
  };
  const registration = await ownRegistration();
  // Where the root has no copy, names without a folder are those of a version before names carried one: it may have been
  // in this folder, and its people have to go too. Where that cannot be told, they stay.
  const hasRoot = await hasRootCopy().catch(() => true);
  const isOurs = (name: string): boolean => isOwnName(name, APP_SCOPE) || (!hasRoot && isOwnName(name, '/'));
  if (registration) await attempt('service worker', () => registration.unregister());
  if ('caches' in globalThis)
    await attempt('caches', async () => {
      for (const name of await caches.keys()) if (isOurs(name)) await caches.delete(name);
    });
  await attempt('databases', async () => {
    const names = (await indexedDB.databases()).flatMap(({ name }) => name ?? []).filter(isOurs);
    await Promise.all(names.map((name) => attempt(`database ${name}`, () => deleteDatabase(name))));
  });
  for (const key of Object.keys(localStorage)) if (isOurs(key)) localStorage.removeItem(key);
  // Kept for a reload of this page, which then tries again.
  if (left.length === 0) for (const key of Object.keys(sessionStorage)) if (isOurs(key)) sessionStorage.removeItem(key);
  return left;
}

/** The service worker of this copy. */
async function ownRegistration(): Promise<ServiceWorkerRegistration | undefined> {
  const all = 'serviceWorker' in navigator ? await navigator.serviceWorker.getRegistrations().catch(() => []) : [];
  return all.find(({ scope }) => scope === location.origin + APP_SCOPE);
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    const late = setTimeout(() => reject(new Error('held open by another tab')), WAIT_MS);
    request.onsuccess = () => {
      clearTimeout(late);
      resolve();
    };
    request.onerror = () => reject(request.error ?? new Error('refused'));
  });
}
