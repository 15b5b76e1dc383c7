import { FaceError } from '../core/errors';
import type { PairList } from './pairs';

/** What browsers can read; everything else in a folder or an archive is passed over. */
const EXTENSION = /\.(jpe?g|png|webp|avif|gif|bmp)$/i;

export function isPictureName(name: string): boolean {
  return EXTENSION.test(name);
}

/** The pictures of a list, in the order in which it first names them. */
export function namesOf({ pairs }: PairList): string[] {
  return [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
}

/** Whether `path` can be what one of the names means. */
export function isNamed(path: string, wanted: ReadonlySet<string>): boolean {
  return isPictureName(path) && keysOf(path).some((key) => wanted.has(key));
}

/**
 * What each of `names` means among `entries` (path and whatever is there): a name is a path, or one below the one folder
 * at the root, with or without its ending. `list` and `images` say in messages what the names and the pictures come from.
 * @throws FaceError evaluate/missing-pictures
 */
export function picturesNamed<T>(
  entries: Iterable<readonly [string, T]>,
  names: readonly string[],
  { list, images }: { readonly list: string; readonly images: string },
): T[] {
  const wanted = new Set(names);
  const found = new Map<string, T>();
  for (const [path, entry] of entries)
    if (isPictureName(path))
      for (const key of keysOf(path)) if (wanted.has(key) && !found.has(key)) found.set(key, entry);
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

/** What a list may call a file, the most exact first. */
function keysOf(path: string): string[] {
  const clean = path.replace(/^\.\//, '');
  const below = clean.slice(clean.indexOf('/') + 1);
  return [clean, below].flatMap((key) => [key, key.replace(/\.[^./]+$/, '')]);
}
