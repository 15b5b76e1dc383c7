import { readFile, stat } from 'node:fs/promises';
import { FaceError } from '../../../core/errors';
import type { PairList } from '../../../evaluate/pairs';
import { isPictureName, picturesOf } from '../pictures';
import { readArchive } from './archive';

/** The pictures of a pair list, in the order in which the list first names them. */
export interface PictureSet {
  readonly names: readonly string[];
  /** Where a picture is: a path, or its bytes. */
  readonly files: readonly (string | Uint8Array)[];
}

export function namesOf({ pairs }: PairList): string[] {
  return [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
}

/**
 * Finds the pictures `names` in a folder or an archive. A name is a path below it, or below the one folder in it, with
 * or without its ending. `list` is what the names come from, for the message.
 * @throws FaceError harness/no-such-file, harness/no-files, harness/bad-archive, harness/missing-pictures
 */
export async function findPictureSet(images: string, names: readonly string[], list: string): Promise<PictureSet> {
  const entry = await stat(images).catch(() => null);
  if (!entry) throw new FaceError('harness/no-such-file', { path: images });
  const wanted = new Set(names);
  const found = new Map<string, string | Uint8Array>();
  if (entry.isDirectory())
    for (const { inside, path } of await picturesOf(images)) addUnderKeys(found, wanted, inside, path);
  else {
    const isWanted = (name: string) => isPictureName(name) && keysOf(name).some((key) => wanted.has(key));
    for (const [name, bytes] of await readArchive(images, isWanted)) addUnderKeys(found, wanted, name, bytes);
  }
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0)
    throw new FaceError('harness/missing-pictures', {
      count: missing.length,
      total: names.length,
      list,
      images,
      names: missing.slice(0, 3).join(', ') + (missing.length > 3 ? ', …' : ''),
    });
  return { names, files: names.map((name) => found.get(name)!) };
}

export async function bytesOf(file: string | Uint8Array): Promise<Uint8Array> {
  return typeof file === 'string' ? readFile(file) : file;
}

/** What a list may call a file, the most exact first. */
function keysOf(path: string): string[] {
  const clean = path.replace(/^\.\//, '');
  const below = clean.slice(clean.indexOf('/') + 1);
  return [clean, below].flatMap((key) => [key, key.replace(/\.[^./]+$/, '')]);
}

function addUnderKeys<T>(found: Map<string, T>, wanted: ReadonlySet<string>, path: string, file: T): void {
  for (const key of keysOf(path)) if (wanted.has(key) && !found.has(key)) found.set(key, file);
}
