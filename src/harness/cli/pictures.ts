import { constants, open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { personFolder, type PersonNames } from '../../core/classFolders';
import { FaceError } from '../../core/errors';
import { fileRole, isSystemName, unreadableError } from '../../core/pictureFiles';
import { readError } from './diskReason';

export interface PictureFile {
  /** As the user wrote it, with what lies below a folder added. */
  readonly path: string;
  /** Below the folder that was named, with `/`; the file's own name when it was named itself. */
  readonly inside: string;
  /** What the disk calls it, where that is no UTF-8; `path` is then that as text. */
  readonly raw?: Buffer;
  /** Why it cannot be read, where that is known already: a folder that may not be opened, a kind that no browser reads. */
  readonly problem?: FaceError;
}

/** The name without folder and extension. */
export function stem(path: string): string {
  return basename(path, extname(path));
}

/**
 * The pictures that a path names: the file itself, or all below a folder in order of their names, links followed; hidden
 * files, thumbnails and waste baskets left out, and pipes and devices, whose reading might never end. What stands between them and cannot be read is among them, with its
 * `problem`. Throws `harness/no-such-file`, `harness/not-a-file`, `harness/no-files` for a folder without pictures, and why a folder could not be
 * read.
 */
export async function picturesOf(path: string): Promise<PictureFile[]> {
  const entry = await stat(path).catch((thrown: unknown) => {
    throw readError(path, thrown);
  });
  if (entry.isFile()) return [{ path, inside: basename(path) }];
  if (!entry.isDirectory()) throw new FaceError('harness/not-a-file', { path });
  const found: PictureFile[] = [];
  await walk({ root: path, found }, { text: path, disk: path }, new Set());
  const [first] = found;
  if (first?.problem && first.path === path) throw first.problem;
  if (!first) throw new FaceError('harness/no-files', { path });
  return found;
}

/** Whose folder the picture lies in; null for a loose one. */
export function folderPerson({ inside }: PictureFile, names: PersonNames): string | null {
  const folder = personFolder(inside);
  return folder === null ? null : names.of(folder);
}

/** A path as text and as the disk has it: bytes where those are no UTF-8. */
interface Place {
  readonly text: string;
  readonly disk: string | Buffer;
}

/** `above` holds the real folders above, so that a link to one of them ends. */
async function walk(
  into: { readonly root: string; readonly found: PictureFile[] },
  folder: Place,
  above: ReadonlySet<string>,
): Promise<void> {
  const add = ({ text, disk }: Place, problem?: FaceError | null) =>
    into.found.push({
      path: text,
      inside: relative(into.root, text).split(sep).join('/'),
      ...(Buffer.isBuffer(disk) && { raw: disk }),
      ...(problem && { problem }),
    });
  let names: Place[];
  let here: Set<string>;
  try {
    const real = (await realpath(folder.disk, { encoding: 'buffer' })).toString('latin1');
    if (above.has(real)) return;
    here = new Set(above).add(real);
    names = await namesIn(folder.disk);
  } catch (thrown) {
    add(folder, readError(folder.text, thrown));
    return;
  }
  for (const { text, disk } of names) {
    const place = { text: join(folder.text, text), disk: joined(folder.disk, disk) };
    const role = fileRole(text);
    try {
      const entry = await stat(place.disk);
      if (entry.isDirectory()) await walk(into, place, here);
      else if (!entry.isFile()) continue;
      else if (role === 'picture') add(place);
      else if (role === 'unreadable') add(place, unreadableError(place.text));
    } catch (thrown) {
      // A link to what is not there is no picture. What cannot even be inspected may be a folder, or a picture.
      const isGone = (thrown as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isGone && (role !== 'other' || extname(text) === '')) add(place, readError(place.text, thrown));
    }
  }
}

/** By their text, in its order; none of a system's. */
async function namesIn(folder: string | Buffer): Promise<Place[]> {
  const names = await readdir(folder, { encoding: 'buffer' });
  return names
    .map((bytes): Place => {
      const text = bytes.toString('utf8');
      return Buffer.from(text).equals(bytes) ? { text, disk: text } : { text: westernText(bytes), disk: bytes };
    })
    .filter(({ text }) => !isSystemName(text))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

/** Names from before UTF-8 are mostly in Windows’ Western encoding, of which Latin-1 is a part. */
function westernText(bytes: Buffer): string {
  return new TextDecoder('windows-1252').decode(bytes);
}

function joined(folder: string | Buffer, name: string | Buffer): string | Buffer {
  if (typeof folder === 'string' && typeof name === 'string') return join(folder, name);
  return Buffer.concat([Buffer.from(folder), Buffer.from(sep), Buffer.from(name)]);
}

/** A picture's path, or its bytes where the path is no text. Throws its `problem`, and why it may not be read. */
export async function sourceOf({ path, raw, problem }: PictureFile): Promise<string | Buffer> {
  if (problem) throw problem;
  try {
    if (raw) return await readFile(raw);
    // Opened, not asked: rights are more than bits. A pipe would wait for its writer.
    await (await open(path, constants.O_RDONLY | constants.O_NONBLOCK)).close();
    return path;
  } catch (thrown) {
    throw readError(path, thrown);
  }
}

/** The pictures of several paths, in their order. A path that gives none is passed to `onFailure`; the others continue. */
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
