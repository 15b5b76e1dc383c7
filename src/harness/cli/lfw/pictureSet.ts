import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { FaceError } from '../../../core/errors';
import { readArchive } from '../../../evaluate/archive';
import { isNamed, picturesNamed } from '../../../evaluate/pictureNames';
import { picturesOf } from '../pictures';

/** The pictures of a pair list, in the order in which the list first names them. */
export interface PictureSet {
  readonly names: readonly string[];
  /** Where a picture is: a path, or its bytes. */
  readonly files: readonly (string | Uint8Array)[];
}

/**
 * Finds the pictures `names` in a folder or an archive. A name is a path below it, or below the one folder in it, with
 * or without its ending. `list` is what the names come from, for the message.
 * @throws FaceError harness/no-such-file, harness/no-files, evaluate/bad-archive, evaluate/missing-pictures
 */
export async function findPictureSet(images: string, names: readonly string[], list: string): Promise<PictureSet> {
  const entry = await stat(images).catch(() => null);
  if (!entry) throw new FaceError('harness/no-such-file', { path: images });
  return { names, files: picturesNamed(await entriesOf(images, entry.isDirectory(), names), names, { list, images }) };
}

async function entriesOf(
  images: string,
  isFolder: boolean,
  names: readonly string[],
): Promise<Iterable<readonly [string, string | Uint8Array]>> {
  if (isFolder) return (await picturesOf(images)).map(({ inside, path }) => [inside, path] as const);
  const wanted = new Set(names);
  const file = { name: images, chunks: () => createReadStream(images) as AsyncIterable<Uint8Array> };
  return readArchive(file, (name) => isNamed(name, wanted));
}

export async function bytesOf(file: string | Uint8Array): Promise<Uint8Array> {
  return typeof file === 'string' ? readFile(file) : file;
}
