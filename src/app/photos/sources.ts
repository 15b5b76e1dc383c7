import { FaceError } from '../../core/errors';
import type { FolderReport } from '../../store/photoSchema';
import { count } from '../shell/words';
import { SourceReport } from './sourceReport';

/** A picture of a folder or an archive, not read yet. */
export interface SourcePicture {
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly size: number;
  readonly modified: number;
  /** Throws `image/not-opened`; of an archive what its reader throws. */
  readonly read: () => Promise<Blob>;
}

export interface PhotoSource {
  readonly name: string;
  /** Null: unknown until all were listed. */
  readonly total: number | null;
  /** Single pictures: not all that belong together. Otherwise pictures that are not listed no longer exist. */
  readonly isPartial?: boolean;
  pictures(): AsyncIterable<SourcePicture>;
  /** What was skipped; complete once all pictures were listed. */
  report(): FolderReport;
}

/** Deepest nesting of folders: deeper ones contain themselves. */
const DEEPEST = 64;

function fromFile(path: string, file: File): SourcePicture {
  const read = async (): Promise<Blob> => {
    // A listed file may still be unreadable.
    await file
      .slice(0, 1)
      .arrayBuffer()
      .catch((cause: unknown) => {
        throw new FaceError('image/not-opened', { name: path }, { cause });
      });
    return file;
  };
  return { path, size: file.size, modified: file.lastModified, read };
}

/** A source whose pictures are all listed. */
export function sourceOf(name: string, pictures: readonly SourcePicture[], report: SourceReport): PhotoSource {
  const each = async function* () {
    yield* pictures;
  };
  return { name, total: pictures.length, pictures: each, report: () => report.result() };
}

/** Files of an `<input webkitdirectory>`, whose paths start with the folder's name. */
export function sourceOfFiles(files: readonly File[]): PhotoSource {
  const name = files[0]?.webkitRelativePath.split('/')[0] ?? '';
  const paths = files.map(
    (file) => [file.webkitRelativePath.split('/').slice(1).join('/') || file.name, file] as const,
  );
  return sourceOfPaths(name, paths);
}

/** Single pictures by their paths. */
export function sourceOfPaths(name: string, files: Iterable<readonly [string, File]>): PhotoSource {
  const report = new SourceReport();
  const pictures = [...files].filter(([path]) => report.wants(path)).map(([path, file]) => fromFile(path, file));
  return sourceOf(name, pictures, report);
}

/** The nth of several files of one name: a.jpg, a (2).jpg, a (3).jpg. */
export function numbered(file: string, n: number): string {
  const [, stem, ending] = /^(.*?)(\.[^./]*)?$/s.exec(file) ?? [];
  return n === 1 ? file : `${stem} (${n})${ending ?? ''}`;
}

/** Lists the folder first, for a total; reports unreadable subfolders. Throws `photos/unreadable-folder` for itself. */
export async function sourceOfHandle(handle: FileSystemDirectoryHandle): Promise<PhotoSource> {
  const report = new SourceReport();
  const found: { path: string; handle: FileSystemFileHandle }[] = [];
  const visit = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
    for await (const [name, entry] of folder.entries()) {
      const below = path + name;
      if (entry.kind === 'directory') await visitBelow(below, report, (prefix) => visit(entry, prefix));
      else if (report.wants(below)) found.push({ path: below, handle: entry });
    }
  };
  await visit(handle, '').catch(unreadable(handle.name));
  return {
    name: handle.name,
    total: found.length,
    report: () => report.result(),
    async *pictures() {
      for (const { path, handle: entry } of found) {
        const file = await entry.getFile().catch(() => null); // removed meanwhile, or not readable
        if (file) yield fromFile(path, file);
        else report.skip(new FaceError('image/not-opened', { name: path }));
      }
    },
  };
}

/** A dropped folder where the browser gives no handle. As `sourceOfHandle`. */
export async function sourceOfEntry(root: FileSystemDirectoryEntry): Promise<PhotoSource> {
  const report = new SourceReport();
  const pictures: SourcePicture[] = [];
  const visit = async (folder: FileSystemDirectoryEntry, path: string): Promise<void> => {
    const reader = folder.createReader();
    const nameless = { file: 0, folder: 0 };
    for (;;) {
      const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (part.length === 0) break;
      for (const child of part) {
        const below = path + child.name;
        // Chromium calls names that are not UTF-8 “”; such a folder opens as its own parent, endlessly.
        if (child.name === '') nameless[isFolder(child) ? 'folder' : 'file']++;
        else if (isFolder(child)) await visitBelow(below, report, (prefix) => visit(child, prefix));
        else if (isFile(child) && report.wants(below)) {
          const file = await new Promise<File>((resolve, reject) => child.file(resolve, reject)).catch(() => null);
          if (file) pictures.push(fromFile(below, file));
          else report.skip(new FaceError('image/not-opened', { name: below }));
        }
      }
    }
    for (const what of ['file', 'folder'] as const) {
      const n = nameless[what];
      const details = { folder: path === '' ? root.name : path.slice(0, -1), what: count(n, what) };
      if (n > 0) report.skip(new FaceError('photos/bad-name', details), n);
    }
  };
  await visit(root, '').catch(unreadable(root.name));
  return sourceOf(root.name, pictures, report);
}

/** Visits a subfolder; an unreadable one does not end the visit of the others. */
async function visitBelow(path: string, report: SourceReport, visit: (prefix: string) => Promise<void>): Promise<void> {
  if (path.split('/').length > DEEPEST) {
    report.skip(new FaceError('photos/too-deep', { name: path, limit: DEEPEST }));
    return;
  }
  try {
    await visit(`${path}/`);
  } catch {
    report.skip(new FaceError('photos/unreadable-folder', { name: path }));
  }
}

function unreadable(name: string): (cause: unknown) => never {
  return (cause) => {
    throw new FaceError('photos/unreadable-folder', { name }, { cause });
  };
}

export function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
