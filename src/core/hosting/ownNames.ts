/**
 * Names of what the app keeps in the browser. Storage belongs to an origin, and on many hosts an origin has several apps, or
 * this one in several folders: each copy names only its own, by the folder that it is served from.
 */

const PREFIX = 'facenet-';
type PlainName = `facenet-${string}`;

/** `facenet-web` for a copy at the root of its host, as it has always been; `facenet-web@/app/` for one in a folder. */
export function ownName(name: PlainName, scope: string): string {
  return scope === '/' ? name : `${name}@${scope}`;
}

/** Whether something kept on this origin is that of the copy in the folder `scope`. */
export function isOwnName(name: string, scope: string): boolean {
  if (!name.startsWith(PREFIX)) return false;
  const at = name.indexOf('@');
  return at < 0 ? scope === '/' : name.slice(at + 1) === scope;
}
