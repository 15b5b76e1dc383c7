import { APP_SCOPE } from '../../core/hosting/appScope';
import { isOwnName, ownName } from '../../core/hosting/ownNames';
import { hasRootCopy } from '../../store/rootCopy';

/** Announces that everything is being deleted: the app's other tabs leave for the same page. */
const DELETED_CHANNEL = ownName('facenet-deleted', APP_SCOPE);
const OLD_MARK = 'facenet-delete';
const MARK = ownName(OLD_MARK, APP_SCOPE);
/** A database that another tab keeps open is deleted when that tab closes it, or never. */
const WAIT_MS = 5_000;

/** Leaves the app for the page that deletes everything. */
export function leaveToDelete(): void {
  try {
    sessionStorage.setItem(MARK, '1');
  } catch {
    location.reload();
    return; // storage is blocked: only this page's memory is in use
  }
  location.replace('deleted.html'); // “Back” must not restore the people
}

/** Whether this tab reached the page by the button; if so, the app's other tabs are called too. */
export function isAskedToDelete(): boolean {
  // A tab with a version from before names contained the folder set the mark without it.
  if (APP_SCOPE !== '/' && sessionStorage.getItem(OLD_MARK) !== null) {
    sessionStorage.removeItem(OLD_MARK);
    sessionStorage.setItem(MARK, '1');
  }
  if (sessionStorage.getItem(MARK) === null) return false;
  new BroadcastChannel(DELETED_CHANNEL).postMessage('deleted');
  return true;
}

/** Leaves when another tab deletes everything, so that this one does not keep a database open. */
export function followDeletion(): void {
  new BroadcastChannel(DELETED_CHANNEL).addEventListener('message', leaveToDelete);
}

/**
 * Removes everything that this copy of the app stores; other apps of the origin and copies in other folders keep
 * theirs. Resolves to the names of what could not be removed.
 */
export async function wipeOwn(): Promise<string[]> {
  const left: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    await work().catch(() => left.push(what));
  };
  const registration = await ownRegistration();
  // Names without a folder come from a version before names contained one. They are removed too, unless a copy at the
  // origin's root may own them.
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
  // Kept for a reload of this page, which tries again.
  if (left.length === 0) for (const key of Object.keys(sessionStorage)) if (isOurs(key)) sessionStorage.removeItem(key);
  return left;
}

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
