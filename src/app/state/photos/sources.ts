import { FaceError } from '../../../core/errors';
import { Unzip, UnzipInflate, UnzipPassThrough } from 'fflate';

/** A picture of a folder or an archive, not read yet. */
export interface SourcePicture {
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly size: number;
  readonly modified: number;
  read(): Promise<Blob>;
}

export interface PictureSource {
  readonly name: string;
  /** How many there are; null: not known before all have come. */
  readonly total: number | null;
  pictures(): AsyncIterable<SourcePicture>;
}

const ENDINGS = /\.(jpe?g|png|webp|avif|gif|bmp)$/i;
const TYPES: Readonly<Record<string, string>> = { jpg: 'image/jpeg', jpeg: 'image/jpeg' };

/** What may be a picture, by its name; hidden files and what systems put beside (`__MACOSX`) are not. */
export function isPicturePath(path: string): boolean {
  return ENDINGS.test(path) && !path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
}

function fromFile(path: string, file: File): SourcePicture {
  return { path, size: file.size, modified: file.lastModified, read: async () => file };
}

async function* each(pictures: readonly SourcePicture[]): AsyncIterable<SourcePicture> {
  yield* pictures;
}

/** Files of an `<input webkitdirectory>`: their paths start with the folder's name, which holds them all. */
export function sourceOfFiles(files: readonly File[]): PictureSource {
  const name = files[0]?.webkitRelativePath.split('/')[0] ?? '';
  const pictures = files
    .map((file) => fromFile(file.webkitRelativePath.split('/').slice(1).join('/') || file.name, file))
    .filter(({ path }) => isPicturePath(path));
  return { name, total: pictures.length, pictures: () => each(pictures) };
}

/** Single pictures, by the path that each is known by. */
export function sourceOfPaths(name: string, files: ReadonlyMap<string, File>): PictureSource {
  const pictures = [...files].map(([path, file]) => fromFile(path, file)).filter(({ path }) => isPicturePath(path));
  return { name, total: pictures.length, pictures: () => each(pictures) };
}

/** The nth of several files of one name: a.jpg, a (2).jpg, a (3).jpg. */
export function numbered(file: string, n: number): string {
  const [, stem, ending] = /^(.*?)(\.[^.]*)?$/s.exec(file) ?? [];
  return n === 1 ? file : `${stem} (${n})${ending ?? ''}`;
}

/** A folder that the browser reads by itself; listed first, so that progress has a whole. */
export async function sourceOfHandle(handle: FileSystemDirectoryHandle): Promise<PictureSource> {
  const found: { path: string; handle: FileSystemFileHandle }[] = [];
  await walk(handle, '', found);
  return {
    name: handle.name,
    total: found.length,
    async *pictures() {
      for (const { path, handle: entry } of found) {
        const file = await entry.getFile().catch(() => null); // removed meanwhile
        if (file) yield fromFile(path, file);
      }
    },
  };
}

async function walk(
  folder: FileSystemDirectoryHandle,
  prefix: string,
  found: { path: string; handle: FileSystemFileHandle }[],
): Promise<void> {
  for await (const [name, entry] of folder.entries()) {
    const path = prefix + name;
    if (entry.kind === 'directory') await walk(entry, `${path}/`, found);
    else if (isPicturePath(path)) found.push({ path, handle: entry });
  }
}

/** A folder that was dropped, where the browser gives no handle. */
export async function sourceOfEntry(entry: FileSystemDirectoryEntry): Promise<PictureSource> {
  const pictures: SourcePicture[] = [];
  const visit = async (folder: FileSystemDirectoryEntry, prefix: string): Promise<void> => {
    const reader = folder.createReader();
    for (;;) {
      const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (part.length === 0) return;
      for (const child of part) {
        if (isFolder(child)) await visit(child, `${prefix}${child.name}/`);
        else if (isFile(child) && isPicturePath(prefix + child.name)) {
          const file = await new Promise<File>((resolve, reject) => child.file(resolve, reject));
          pictures.push(fromFile(prefix + child.name, file));
        }
      }
    }
  };
  await visit(entry, '');
  return { name: entry.name, total: pictures.length, pictures: () => each(pictures) };
}

export function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

/** Starts as an archive does: with a file, or with the end where it is empty. */
async function isZip(file: Blob): Promise<boolean> {
  const [p, k, a, b] = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return p === 0x50 && k === 0x4b && ((a === 3 && b === 4) || (a === 5 && b === 6));
}

/**
 * The pictures of a zip, unpacked one after the other while it is read: only those not yet taken are in memory. Throws
 * `photos/bad-archive`, `photos/cut-archive`, and what the reading throws; an entry that is broken ends as bytes that are no picture.
 */
export function sourceOfZip(zip: File): PictureSource {
  return {
    name: zip.name,
    total: null,
    async *pictures() {
      if (!(await isZip(zip))) throw new FaceError('photos/bad-archive', { name: zip.name });
      const ready: SourcePicture[] = [];
      const unzip = new Unzip((entry) => {
        if (!isPicturePath(entry.name)) return;
        const parts: Uint8Array<ArrayBuffer>[] = [];
        entry.ondata = (error, data, final) => {
          if (!error) parts.push(new Uint8Array(data));
          if (!error && !final) return;
          const type = TYPES[entry.name.split('.').at(-1)!.toLowerCase()] ?? '';
          const blob = new Blob(parts, { type });
          ready.push({ path: entry.name, size: blob.size, modified: zip.lastModified, read: async () => blob });
        };
        entry.start();
      });
      unzip.register(UnzipInflate);
      unzip.register(UnzipPassThrough);
      const reader = zip.stream().getReader();
      try {
        for (;;) {
          const { done, value } = await reader.read();
          try {
            unzip.push(value ?? new Uint8Array(0), done);
          } catch (thrown) {
            throw new FaceError('photos/cut-archive', { name: zip.name }, { cause: thrown });
          }
          yield* ready.splice(0);
          if (done) return;
        }
      } finally {
        await reader.cancel().catch(() => {}); // no longer wanted
      }
    },
  };
}
