import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { FaceError } from '../../core/errors';
import { isPictureName } from '../../evaluate/pictureNames';

export interface PictureFile {
  /** As the user wrote it, with what lies below a folder added. */
  readonly path: string;
  /** Below the folder that was named, with `/`; the file's own name when it was named itself. */
  readonly inside: string;
}

/** The name without folder and extension. */
export function stem(path: string): string {
  return basename(path, extname(path));
}

/** The folder part of `inside`, `''` for pictures directly in it: the class in a class folder. */
export function classOf({ inside }: PictureFile): string {
  const folder = dirname(inside);
  return folder === '.' ? '' : folder.split(sep).join('/');
}

/**
 * The pictures that a path names: the file itself, or all below a folder in order of their names, links followed,
 * hidden ones left out. Throws `harness/no-such-file`, and `harness/no-files` for a folder without pictures.
 */
export async function picturesOf(path: string): Promise<PictureFile[]> {
  const entry = await stat(path).catch(() => null);
  if (!entry) throw new FaceError('harness/no-such-file', { path });
  if (!entry.isDirectory()) return [{ path, inside: basename(path) }];
  const found: PictureFile[] = [];
  await walk(path, path, new Set(), found);
  if (found.length === 0) throw new FaceError('harness/no-files', { path });
  return found;
}

/** `seen` holds the real folders above, so that a link to one of them ends. */
async function walk(root: string, folder: string, seen: ReadonlySet<string>, found: PictureFile[]): Promise<void> {
  const real = await realpath(folder);
  if (seen.has(real)) return;
  const here = new Set(seen).add(real);
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  for (const name of names) {
    const path = join(folder, name);
    const entry = await stat(path).catch(() => null); // a broken link
    if (entry?.isDirectory()) await walk(root, path, here, found);
    else if (entry && isPictureName(name)) found.push({ path, inside: relative(root, path).split(sep).join('/') });
  }
}

/** The pictures of several paths, in their order. A path that gives none is told to `onFailure` and the others go on. */
export async function picturesOfAll(
  paths: readonly string[],
  onFailure: (thrown: unknown) => void,
): Promise<PictureFile[]> {
  const all: PictureFile[] = [];
  for (const path of paths) {
    try {
      all.push(...(await picturesOf(path)));
    } catch (thrown) {
      onFailure(thrown);
    }
  }
  return all;
}
