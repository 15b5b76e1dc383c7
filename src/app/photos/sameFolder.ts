/** Whether a given folder or zip is one that the library knows: by its content, as a name is not enough. */
import { sha256 } from '../../core/sha256';
import type { PhotoFolder, PhotoRecord } from '../../store/photoSchema';
import type { PhotoSource, SourcePicture } from './sources';

/** Pictures read for the comparison; the others are assumed to be alike. */
const MOST_READ = 32;

/**
 * The known folder that `source` is: with the same handle, or of the same name with the most pictures in common. In
 * common must be half of the known ones or all given ones, since two cameras' cards share names. Null: a new one.
 * Throws what reading throws.
 */
export async function sameFolder(
  folders: readonly PhotoFolder[],
  photos: readonly PhotoRecord[],
  source: PhotoSource,
  handle?: FileSystemDirectoryHandle,
): Promise<PhotoFolder | null> {
  if (handle)
    for (const folder of folders) if (folder.handle && (await folder.handle.isSameEntry(handle))) return folder;
  const named = folders.filter(({ name, handle: own }) => name === source.name && !(own && handle));
  if (named.length === 0) return null;
  const given = await listed(source);
  let best: { readonly folder: PhotoFolder; readonly common: number } | null = null;
  for (const folder of named) {
    const known = photos.filter(({ folderId }) => folderId === folder.id);
    const common = await inCommon(given, known);
    const limit = source.total === null ? Math.min(known.length, given.length) : known.length;
    const isSame = common >= limit / 2 || (given.length > 0 && common === given.length);
    if (isSame && common >= (best?.common ?? 0)) best = { folder, common };
  }
  return best?.folder ?? null;
}

/** All pictures of a folder; the first ones of an archive, which has to be unpacked for it. */
async function listed(source: PhotoSource): Promise<SourcePicture[]> {
  const pictures: SourcePicture[] = [];
  for await (const picture of source.pictures()) {
    pictures.push(picture);
    if (source.total === null && pictures.length === MOST_READ) break;
  }
  return pictures;
}

/** How many given pictures are known; where only content can tell, estimated from a sample. */
async function inCommon(given: readonly SourcePicture[], known: readonly PhotoRecord[]): Promise<number> {
  const byPath = new Map(known.map((photo) => [photo.path, photo]));
  const sizes = new Set(known.map(({ size }) => size));
  const hashes = new Set(known.flatMap((photo) => photo.sha256 ?? []));
  let common = 0;
  const asked: SourcePicture[] = [];
  for (const picture of given) {
    const there = byPath.get(picture.path);
    const sameSize = there?.size === picture.size;
    if (sameSize && (there.modified === picture.modified || there.sha256 === null)) common++;
    else if (sizes.has(picture.size)) asked.push(picture);
  }
  const step = Math.max(1, asked.length / MOST_READ);
  let read = 0;
  let same = 0;
  for (let at = 0; at < asked.length; at += step) {
    read++;
    const hash = await hashOf(asked[Math.floor(at)]!);
    if (hash !== null && hashes.has(hash)) same++;
  }
  return common + (read === 0 ? 0 : Math.round((asked.length * same) / read));
}

/** Null for an unreadable picture. */
async function hashOf(picture: SourcePicture): Promise<string | null> {
  const bytes = await picture
    .read()
    .then((blob) => blob.arrayBuffer())
    .catch(() => null);
  return bytes && sha256(new Uint8Array(bytes));
}

/** Display names by id: the later ones of folders with the same name are numbered. */
export function folderTitles(folders: readonly PhotoFolder[]): Map<string, string> {
  const used = new Map<string, number>();
  return new Map(
    folders.map(({ id, name }) => {
      const n = (used.get(name) ?? 0) + 1;
      used.set(name, n);
      return [id, n === 1 ? name : `${name} (${n})`];
    }),
  );
}
