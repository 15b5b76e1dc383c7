/**
 * The path of the folder that this copy of the app is served from: `/` or `/app/`. The same in pages and workers, whose
 * built scripts lie in its `assets`. Not for the service worker, which has its registration's.
 */
export const APP_SCOPE = scopeOf(import.meta.url);

export function scopeOf(script: string): string {
  const { pathname } = new URL(script);
  const end = pathname.lastIndexOf('/assets/');
  return end < 0 ? '/' : pathname.slice(0, end + 1);
}
