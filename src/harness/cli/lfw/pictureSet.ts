import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError } from '../../../core/errors';
import type { RandomAccess } from '../../../core/zip/zipDirectory';
import { readArchive } from '../../../evaluate/archive';
import { fileRole } from '../../../core/pictureFiles';
import { namedBy, picturesNamed } from '../../../evaluate/pictureNames';
import { picturesOf, type PictureFile } from '../pictures';

/** Where a picture is: on the disk, or its bytes. With a `problem` it cannot be read, wherever it comes from. */
export type PictureEntry = PictureFile | Uint8Array;

/** The pictures of a pair list, in the order in which the list first names them. */
export interface PictureSet {
  readonly names: readonly string[];
  readonly files: readonly PictureEntry[];
  /** When the archive was written or put in its place, in milliseconds since 1970; null for a folder. */
  readonly archivedAt: number | null;
}

/**
 * Finds the pictures `names` in a folder or an archive. A name is a path below it, or below the one folder in it, with
 * or without its ending. What is there but cannot be read has its `problem`. `list` is what the names come from, for the
 * message.
 * @throws FaceError harness/no-such-file, harness/no-files, evaluate/bad-archive, evaluate/missing-pictures
 */
export async function findPictureSet(images: string, names: readonly string[], list: string): Promise<PictureSet> {
  const entry = await stat(images).catch(() => null);
  if (!entry) throw new FaceError('harness/no-such-file', { path: images });
  const from = { list, images };
  if (entry.isDirectory()) return { names, files: await namedInFolder(names, from), archivedAt: null };
  return { names, files: picturesNamed(await archived(images, names), names, from), archivedAt: entry.ctimeMs };
}

/** The pictures among `done` (with their second of reading, since 1970) that may have changed since. */
export async function changedSince(
  { files, archivedAt }: PictureSet,
  done: ReadonlyMap<number, number>,
): Promise<Set<number>> {
  const changed = new Set<number>();
  for (const [place, at] of done) {
    const entry = files[place];
    const isFile = entry !== undefined && !(entry instanceof Uint8Array);
    // Of a file (an archive too) that takes another's place the change time is that moment's, whatever time its content bears.
    const time = archivedAt ?? (isFile ? (await stat(entry.raw ?? entry.path).catch(() => null))?.ctimeMs : null);
    if (time === null || time === undefined || time >= 1000 * at) changed.add(place);
  }
  return changed;
}

/** What each of `names` means below `images`. Throws `harness/no-files`, `evaluate/missing-pictures`. */
export async function namedInFolder(
  names: readonly string[],
  from: { readonly list: string; readonly images: string },
): Promise<PictureFile[]> {
  const { images } = from;
  const files = await picturesOf(images);
  const closed = files.filter(({ inside, problem }) => problem && fileRole(inside) === 'other');
  const inClosed = (name: string): PictureFile | undefined => {
    const folder = closed.find(({ inside }) => `${name}/`.startsWith(`${inside}/`));
    if (!folder) return undefined;
    const { code, details } = folder.problem!;
    const path = join(images, name);
    return { path, inside: name, problem: new FaceError(code, { ...details, path }) };
  };
  return picturesNamed(
    files.map((file) => [file.inside, file] as const),
    names,
    from,
    inClosed,
  );
}

async function archived(images: string, names: readonly string[]): Promise<(readonly [string, PictureEntry])[]> {
  const file = await open(images);
  try {
    const entries = await readArchive(images, await accessOf(file), namedBy(names));
    return [...entries].map(([path, entry]) => [
      path,
      entry instanceof FaceError ? { path, inside: path, problem: entry } : entry,
    ]);
  } finally {
    await file.close();
  }
}

/** Any part of a file on the disk. */
export async function accessOf(file: FileHandle): Promise<RandomAccess> {
  const { size } = await file.stat();
  return {
    size,
    async read(start, end) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      let have = 0;
      while (have < bytes.length) {
        const { bytesRead } = await file.read(bytes, have, bytes.length - have, start + have);
        if (bytesRead === 0) break; // it was cut meanwhile
        have += bytesRead;
      }
      return bytes.subarray(0, have);
    },
  };
}

export async function bytesOf(entry: PictureEntry): Promise<Uint8Array> {
  return entry instanceof Uint8Array ? entry : readFile(entry.raw ?? entry.path);
}
