/**
 * Names of the app's storage in the browser. Storage belongs to an origin, which may host several apps, or this one in
 * several folders: each copy uses names of its own, by the folder that it is served from.
 */

const PREFIX = 'facenet-';
type PlainName = `facenet-${string}`;

/** `facenet-web` for a copy at the root of its host, `facenet-web@/app/` for one in a folder. */
export function ownName(name: PlainName, scope: string): string {
  return scope === '/' ? name : `${name}@${scope}`;
}

/** Whether a name on this origin belongs to the copy in the folder `scope`. */
export function isOwnName(name: string, scope: string): boolean {
  if (!name.startsWith(PREFIX)) return false;
  const at = name.indexOf('@');
  return at < 0 ? scope === '/' : name.slice(at + 1) === scope;
}
