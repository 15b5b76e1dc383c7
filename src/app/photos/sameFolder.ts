/** Whether what was given is a folder or zip of the library given again: its name alone does not say, its content does. */
import { sha256 } from '../../core/sha256';
import type { PhotoFolder, PhotoRecord } from '../../store/photoSchema';
import type { PhotoSource, SourcePicture } from './sources';

/** Pictures that are read to see whether they are the known ones; the others are taken to be as they are. */
const MOST_READ = 32;

/**
 * The folder that `source` is: that of the same handle; else, of those with its name, the one that it has most pictures in
 * common with. In common must be half of what is known, or all that was given: two cameras' cards have the same names for
 * other pictures. Null: a new one. Throws what reading throws.
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

/** All pictures of a folder; of an archive, which is unpacked for it, the first ones. */
async function listed(source: PhotoSource): Promise<SourcePicture[]> {
  const pictures: SourcePicture[] = [];
  for await (const picture of source.pictures()) {
    pictures.push(picture);
    if (source.total === null && pictures.length === MOST_READ) break;
  }
  return pictures;
}

/** How many of the pictures given are among the known ones, by what a sample of them says where only content can say it. */
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

/** Null for a picture that cannot be read just now. */
async function hashOf(picture: SourcePicture): Promise<string | null> {
  const bytes = await picture
    .read()
    .then((blob) => blob.arrayBuffer())
    .catch(() => null);
  return bytes && sha256(new Uint8Array(bytes));
}

/** By id what each folder is called: of several with one name the later ones are numbered. */
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
