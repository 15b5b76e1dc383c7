/**
 * Takes a lock that one tab holds until the returned function is called or the tab closes; null if taken. Granted without
 * Web Locks.
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
