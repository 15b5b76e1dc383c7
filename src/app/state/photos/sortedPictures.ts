import { Zip, ZipPassThrough } from 'fflate';
import { throwIfAborted } from '../../../core/abort';
import { FaceError } from '../../../core/errors';
import type { PhotoRecord } from '../../../store/photoSchema';
import { titlesOf, type Parts } from './exports';
import { numbered, type PictureSource } from './sources';

/** Bytes of UTF-8 that a name may have: 255 nearly everywhere, less what a number at its end adds. */
const LONGEST_NAME = 240;
/** What Windows keeps for itself, with any ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A name that every file system takes, with the ending that it has. */
export function folderName(title: string): string {
  const safe = [...title]
    .map((letter) => (letter < ' ' || '<>:"/\\|?*'.includes(letter) ? '_' : letter))
    .join('')
    .replace(/[. ]+$/, '')
    .trim();
  if (safe === '' || DEVICE.test(safe)) return `_${safe}`;
  const [ending = ''] = /\.[^.]{1,8}$/.exec(safe) ?? [];
  let stem = [...safe.slice(0, safe.length - ending.length)];
  while (bytesIn(stem.join('') + ending) > LONGEST_NAME) stem = stem.slice(0, -1);
  return stem.join('') + ending;
}

function bytesIn(text: string): number {
  return new TextEncoder().encode(text).length;
}

export interface SortOptions {
  /** What is at hand, by folder's id. */
  readonly sources: ReadonlyMap<string, PictureSource>;
  readonly signal: AbortSignal;
  readonly onPicture: (done: number) => void;
}

/** Fields of a zip that are as wide as this; what is larger would be cut off unseen. */
const ZIP = { bytes: 0xffff_ffff, entries: 0xffff } as const;
/** Of an entry beside the picture: its two headers and its name, twice. */
const ENTRY_BYTES = 1024;

/**
 * The pictures themselves as a zip, in a folder a person; those of several people in each of theirs. `left`: how many are not
 * at hand. Throws `photos/zip-too-large` beforehand, `photos/not-at-hand` when none is, `aborted`.
 */
export async function sortedZip(parts: Parts, options: SortOptions): Promise<{ zip: Blob; left: number }> {
  assertFits(parts, options);
  const bytes: Blob[] = [];
  const zip = new Zip((_error, chunk) => {
    bytes.push(new Blob([new Uint8Array(chunk)])); // a Blob's bytes may leave the memory
  });
  const left = await sortPictures(parts, options, async (folder, name, picture) => {
    const file = new ZipPassThrough(`${folder}/${name}`); // pictures are compressed already
    zip.add(file);
    file.push(new Uint8Array(await picture.arrayBuffer()), true);
  });
  zip.end();
  return { zip: new Blob(bytes, { type: 'application/zip' }), left };
}

function assertFits(parts: Parts, { sources }: SortOptions): void {
  const foldersOf = foldersByPhoto(parts);
  let [count, bytes] = [0, 0];
  for (const { id, folderId, size } of parts.library.photos) {
    if (!sources.has(folderId)) continue;
    const copies = foldersOf.get(id)?.size ?? 0;
    count += copies;
    bytes += copies * (size + ENTRY_BYTES);
  }
  if (count <= ZIP.entries && bytes <= ZIP.bytes) return;
  throw new FaceError('photos/zip-too-large', { count, gigabytes: (bytes / 1e9).toFixed(1) });
}

/** By picture's id the folders that it belongs in. */
function foldersByPhoto({ library, people }: Parts): Map<string, Set<string>> {
  const titles = titlesOf(library.groups, people);
  const foldersOf = new Map<string, Set<string>>();
  for (const { key, faces } of library.groups)
    for (const { photoId } of faces)
      foldersOf.set(photoId, (foldersOf.get(photoId) ?? new Set()).add(folderName(titles.get(key)!)));
  return foldersOf;
}

/**
 * The same written into a new folder below `into`, so that nothing there is overwritten. Gives its name. Throws as sortedZip,
 * and what the browser throws when it may not write.
 */
export async function sortedFolder(
  parts: Parts,
  into: FileSystemDirectoryHandle,
  options: SortOptions,
): Promise<{ name: string; left: number }> {
  const root = await newFolder(into, 'people');
  const left = await sortPictures(parts, options, async (folder, name, picture) => {
    const place = await root.getDirectoryHandle(folder, { create: true });
    const file = await (await place.getFileHandle(name, { create: true })).createWritable();
    await file.write(picture);
    await file.close();
  });
  return { name: root.name, left };
}

async function newFolder(into: FileSystemDirectoryHandle, name: string): Promise<FileSystemDirectoryHandle> {
  const taken = new Set<string>();
  for await (const [entry] of into.entries()) taken.add(entry);
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name} (${n})`;
  return into.getDirectoryHandle(free, { create: true });
}

/** Hands every picture that is at hand to `put`, once for each folder it belongs in; gives how many are not at hand. */
async function sortPictures(
  parts: Parts,
  { sources, signal, onPicture }: SortOptions,
  put: (folder: string, name: string, picture: Blob) => Promise<void>,
): Promise<number> {
  const { library } = parts;
  const foldersOf = foldersByPhoto(parts);
  const wanted = library.photos.filter(({ id }) => foldersOf.has(id));
  const names = new Set<string>();
  let done = 0;
  for (const [folderId, source] of sources) {
    const byPath = new Map(wanted.filter((photo) => photo.folderId === folderId).map((photo) => [photo.path, photo]));
    if (byPath.size === 0) continue;
    for await (const picture of source.pictures()) {
      throwIfAborted(signal);
      const photo = byPath.get(picture.path);
      if (!photo) continue;
      const blob = await picture.read();
      for (const folder of foldersOf.get(photo.id)!) await put(folder, freeName(names, folder, photo), blob);
      onPicture(++done);
    }
  }
  if (done > 0) return wanted.length - done;
  const name = library.folders.map((folder) => folder.name).join(', ');
  throw new FaceError('photos/not-at-hand', { name, count: wanted.length });
}

/** The picture's own name, or with a number where the folder has it already. */
function freeName(names: Set<string>, folder: string, { path }: PhotoRecord): string {
  const file = folderName(path.split('/').at(-1)!);
  let n = 1;
  while (names.has(`${folder}/${numbered(file, n)}`)) n++;
  names.add(`${folder}/${numbered(file, n)}`);
  return numbered(file, n);
}
