import { FaceError } from '../core/errors';
import { fileRole } from '../core/pictureFiles';
import type { PairList } from './pairs';

/** The pictures of a list, in the order in which it first names them. */
export function namesOf({ pairs }: PairList): string[] {
  return [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
}

/** Whether a path may be one of the names. */
export function namedBy(names: readonly string[]): (path: string) => boolean {
  const wanted = new Set(names.map(composed));
  return (path) => {
    const role = fileRole(path);
    return (role === 'picture' || role === 'unreadable') && keysOf(path).some((key) => wanted.has(composed(key)));
  };
}

/** Composed Unicode: file names from a Mac are decomposed. */
function composed(name: string): string {
  return name.normalize('NFC');
}

/**
 * The entry (path and value) of each of `names`: a name is a path, or one below the single root folder, with or without its
 * ending, in any Unicode form; the same form is preferred, and a kind of picture that browsers read. `list` and `images`
 * name both sources in messages; `elsewhere` looks up names that are not among the entries.
 * @throws FaceError evaluate/missing-pictures
 */
export function picturesNamed<T>(
  entries: Iterable<readonly [string, T]>,
  names: readonly string[],
  { list, images }: { readonly list: string; readonly images: string },
  elsewhere: (name: string) => T | undefined = () => undefined,
): T[] {
  const wanted = new Set([...names, ...names.map(composed)]);
  const byKey = new Map<string, T>();
  const all = [...entries].map(([path, entry]) => ({ path, entry, role: fileRole(path) }));
  for (const form of [(key: string) => key, composed])
    for (const wantedRole of ['picture', 'unreadable'] as const)
      for (const { path, entry, role } of all)
        if (role === wantedRole)
          for (const key of keysOf(path).map(form)) if (wanted.has(key) && !byKey.has(key)) byKey.set(key, entry);
  const found = new Map<string, T>();
  for (const name of names) {
    const entry = byKey.get(name) ?? byKey.get(composed(name)) ?? elsewhere(name);
    if (entry !== undefined) found.set(name, entry);
  }
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0)
    throw new FaceError('evaluate/missing-pictures', {
      count: missing.length,
      total: names.length,
      list,
      images,
      names: missing.slice(0, 3).join(', ') + (missing.length > 3 ? ', …' : ''),
    });
  return names.map((name) => found.get(name)!);
}

/** Names by which a list may call a file, the most exact first. */
function keysOf(path: string): string[] {
  const clean = path.replace(/^\.\//, '');
  const below = clean.slice(clean.indexOf('/') + 1);
  return [clean, below].flatMap((key) => [key, key.replace(/\.[^./]+$/, '')]);
}
