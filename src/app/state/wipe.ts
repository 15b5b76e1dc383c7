/** Told when everything is deleted: every other tab of the app leaves for the same page. */
export const DELETED_CHANNEL = 'facenet-deleted';
const MARK = 'facenet-delete';
/** A database that another tab holds open is deleted when that tab lets go, or never. */
const WAIT_MS = 5_000;

/** Leaves the app for the page that deletes everything. */
export function leaveToDelete(): void {
  try {
    sessionStorage.setItem(MARK, '1');
  } catch {
    return location.reload(); // storage is blocked: there is nothing but this page's memory
  }
  location.assign('deleted.html');
}

/** Follows when another tab deletes everything: what this one holds open would keep it. */
export function followDeletion(): void {
  new BroadcastChannel(DELETED_CHANNEL).addEventListener('message', leaveToDelete);
}

/** Removes all that this origin keeps; resolves to the names of what could not be removed. */
export async function wipeOrigin(): Promise<string[]> {
  const left: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    await work().catch(() => left.push(what));
  };
  if ('serviceWorker' in navigator)
    await attempt('service worker', async () => {
      for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    });
  if ('caches' in globalThis)
    await attempt('caches', async () => {
      for (const name of await caches.keys()) await caches.delete(name);
    });
  await attempt('files', removeFiles);
  await attempt('databases', async () => {
    const names = (await indexedDB.databases()).flatMap(({ name }) => name ?? []);
    await Promise.all(names.map((name) => attempt(`database ${name}`, () => deleteDatabase(name))));
  });
  localStorage.clear();
  if (left.length === 0) sessionStorage.clear();
  return left;
}

async function removeFiles(): Promise<void> {
  if (!navigator.storage?.getDirectory) return;
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
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
