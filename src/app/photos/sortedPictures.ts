import { Zip, ZipPassThrough } from 'fflate';
import { throwIfAborted } from '../../core/abort';
import { FaceError } from '../../core/errors';
import type { TaskCall } from '../shell/task.svelte';
import { titlesOf, type Parts } from './exports';
import { NamePool } from './safeNames';
import type { PhotoSource, SourcePicture } from './sources';

export interface SortOptions extends TaskCall {
  /** The readable sources, by folder id. */
  readonly sources: ReadonlyMap<string, PhotoSource>;
}

export interface Sorted {
  /** Number of pictures without a readable source. */
  readonly left: number;
  /** Paths of pictures that could not be read or written. */
  readonly failed: readonly string[];
}

/** Limits of a zip's fields; larger values would be cut off silently. */
const ZIP = { bytes: 0xffff_ffff, entries: 0xffff } as const;
/** Bytes of an entry besides the picture: two headers, and its name twice. */
const ENTRY_BYTES = 1024;

/**
 * A zip of the pictures with a folder per person; a picture of several people is in each of theirs. Throws
 * `photos/zip-too-large` beforehand, `photos/not-at-hand` if no source is readable, `aborted`.
 */
export async function sortedZip(parts: Parts, options: SortOptions): Promise<Sorted & { readonly zip: Blob }> {
  assertFits(parts, options);
  const bytes: Blob[] = [];
  const zip = new Zip((_error, chunk) => {
    bytes.push(new Blob([new Uint8Array(chunk)])); // the browser may move a Blob's bytes to disk
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

/** By picture id the names of its folders; each group has its own. */
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
 * Writes the same into a new folder below `into`, whose name it returns. Throws as `sortedZip`, and the browser's error
 * when writing is refused.
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

/** Reads the whole picture before anything is written: a damaged disk may fail within a file. */
async function wholeOf(picture: SourcePicture): Promise<Blob> {
  return new Blob([await (await picture.read()).arrayBuffer()]);
}

/** Passes every readable picture to `put`, once for each of its folders. */
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
