import { Zip, ZipPassThrough } from 'fflate';
import { throwIfAborted } from '../../core/abort';
import { FaceError } from '../../core/errors';
import type { TaskCall } from '../shell/task.svelte';
import { titlesOf, type Parts } from './exports';
import { NamePool } from './safeNames';
import type { PhotoSource, SourcePicture } from './sources';

export interface SortOptions extends TaskCall {
  /** What is at hand, by folder's id. */
  readonly sources: ReadonlyMap<string, PhotoSource>;
}

export interface Sorted {
  /** How many pictures are not at hand. */
  readonly left: number;
  /** Paths of those that could not be read or written. */
  readonly failed: readonly string[];
}

/** Fields of a zip that are as wide as this; what is larger would be cut off unseen. */
const ZIP = { bytes: 0xffff_ffff, entries: 0xffff } as const;
/** Of an entry beside the picture: its two headers and its name, twice. */
const ENTRY_BYTES = 1024;

/**
 * The pictures themselves as a zip, in a folder a person; those of several people in each of theirs. Throws `photos/zip-too-large` beforehand, `photos/not-at-hand` when none is, `aborted`.
 */
export async function sortedZip(parts: Parts, options: SortOptions): Promise<Sorted & { readonly zip: Blob }> {
  assertFits(parts, options);
  const bytes: Blob[] = [];
  const zip = new Zip((_error, chunk) => {
    bytes.push(new Blob([new Uint8Array(chunk)])); // a Blob's bytes may leave the memory
  });
  const sorted = await sortPictures(parts, options, async (folder, name, picture) => {
    const file = new ZipPassThrough(`${folder}/${name}`); // pictures are compressed already
    zip.add(file);
    file.push(new Uint8Array(await picture.arrayBuffer()), true);
  });
  zip.end();
  return { zip: new Blob(bytes, { type: 'application/zip' }), ...sorted };
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

/** By picture's id the folders that it belongs in: each group has its own, whatever its title. */
function foldersByPhoto({ library, people }: Parts): Map<string, Set<string>> {
  const titles = titlesOf(library.groups, people);
  const pool = new NamePool();
  const foldersOf = new Map<string, Set<string>>();
  for (const { key, faces } of library.groups) {
    const folder = pool.folder(titles.get(key)!);
    for (const { photoId } of faces) foldersOf.set(photoId, (foldersOf.get(photoId) ?? new Set()).add(folder));
  }
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
): Promise<Sorted & { readonly name: string }> {
  const taken: string[] = [];
  for await (const [entry] of into.entries()) taken.push(entry);
  const root = await into.getDirectoryHandle(new NamePool(taken).folder('people'), { create: true });
  const sorted = await sortPictures(parts, options, async (folder, name, picture) => {
    const place = await root.getDirectoryHandle(folder, { create: true });
    const file = await (await place.getFileHandle(name, { create: true })).createWritable();
    await file.write(picture);
    await file.close();
  });
  return { name: root.name, ...sorted };
}

/** Read before anything of it is written: a disk may be damaged within a file that opens. */
async function wholeOf(picture: SourcePicture): Promise<Blob> {
  return new Blob([await (await picture.read()).arrayBuffer()]);
}

/** Hands every picture that is at hand to `put`, once for each folder it belongs in. */
async function sortPictures(
  parts: Parts,
  { sources, signal, onProgress }: SortOptions,
  put: (folder: string, name: string, picture: Blob) => Promise<void>,
): Promise<Sorted> {
  const { library } = parts;
  const foldersOf = foldersByPhoto(parts);
  const wanted = library.photos.filter(({ id }) => foldersOf.has(id));
  const pools = new Map<string, NamePool>();
  const failed: string[] = [];
  const report = (done: number) => onProgress({ stage: 'Copying pictures', done, total: 0, unit: 'pictures' });
  let done = 0;
  report(done);
  for (const [folderId, source] of sources) {
    const byPath = new Map(wanted.filter((photo) => photo.folderId === folderId).map((photo) => [photo.path, photo]));
    if (byPath.size === 0) continue;
    for await (const picture of source.pictures()) {
      throwIfAborted(signal);
      const photo = byPath.get(picture.path);
      if (!photo) continue;
      report(++done);
      const blob = await wholeOf(picture).catch(() => null); // unreadable now: the others are copied
      if (!blob) failed.push(photo.path);
      for (const folder of blob ? foldersOf.get(photo.id)! : []) {
        const pool = pools.get(folder) ?? new NamePool();
        pools.set(folder, pool);
        try {
          await put(folder, pool.file(photo.path.split('/').at(-1)!), blob!);
        } catch (thrown) {
          if (!(thrown instanceof TypeError)) throw thrown;
          failed.push(photo.path); // a name that this browser refuses
        }
      }
    }
  }
  if (done > 0) return { left: wanted.length - done, failed };
  const name = library.folders.map((folder) => folder.name).join(', ');
  throw new FaceError('photos/not-at-hand', { name, count: wanted.length });
}
