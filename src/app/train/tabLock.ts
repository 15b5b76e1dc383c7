/**
 * Acquires a lock that one tab at a time holds, until the returned function is called or the tab is closed; null if
 * another tab holds it. Always granted where the browser has no locks.
 */
export async function takeTabLock(name: string): Promise<(() => void) | null> {
  if (!('locks' in navigator)) return () => {};
  return new Promise((resolve) => {
    void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) {
        resolve(null);
        return;
      }
      return new Promise<void>((release) => resolve(release));
    });
  });
}
