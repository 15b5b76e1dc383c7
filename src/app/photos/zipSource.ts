import { FaceError } from '../../core/errors';
import { endingOf } from '../../core/pictureFiles';
import { refusal, unpack } from '../../core/zip/unpack';
import { accessOf, readZipDirectory, type RandomAccess } from '../../core/zip/zipDirectory';
import type { ZipEntry } from '../../core/zip/zipEntry';
import { SourceReport } from './sourceReport';
import { numbered, sourceOf, type PhotoSource, type SourcePicture } from './sources';

const ARCHIVES: ReadonlySet<string> = new Set(['zip', '7z', 'rar', 'tar', 'gz', 'tgz', 'bz2', 'xz', 'zst']);

/**
 * The pictures of a zip. Only its directory is read at first; each picture is unpacked when read. Throws
 * `archive/no-zip`, `archive/split`, `archive/cut` if no picture is readable, `photos/unreadable-archive`. Reading a
 * picture throws what `unpack` throws.
 */
export async function sourceOfZip(zip: File): Promise<PhotoSource> {
  const { name } = zip;
  const file = readable(zip);
  const { entries, problem } = await readZipDirectory(file);
  if (problem === 'no-zip' || problem === 'split') throw new FaceError(`archive/${problem}`, { name });
  const report = new SourceReport();
  const pictures: SourcePicture[] = [];
  const times = new Map<string, number>();
  for (const entry of entries) {
    const n = (times.get(entry.path) ?? 0) + 1;
    times.set(entry.path, n);
    const path = numbered(entry.path, n);
    if (!report.wants(path)) {
      if (ARCHIVES.has(endingOf(path))) report.skip(new FaceError('archive/nested', { name: path }));
      continue;
    }
    const refused = refusal(entry, path);
    if (refused) report.skip(refused);
    else pictures.push(pictureOf(file, entry, path, entry.modified ?? zip.lastModified));
  }
  if (problem === 'cut') {
    const cut = new FaceError('archive/cut', { name, taken: takenText(pictures.length) });
    if (pictures.length === 0) throw cut;
    report.problem = cut.message;
  }
  return sourceOf(name, pictures, report);
}

function pictureOf(file: RandomAccess, entry: ZipEntry, path: string, modified: number): SourcePicture {
  const read = async () => new Blob(await unpack(file, entry, path));
  return { path, size: entry.size, modified, read };
}

/** The zip itself may be moved or changed during the read, which is not the picture's fault. */
function readable(zip: File): RandomAccess {
  const file = accessOf(zip);
  return {
    size: file.size,
    read: (start, end) =>
      file.read(start, end).catch((cause: unknown) => {
        throw new FaceError('photos/unreadable-archive', { name: zip.name }, { cause });
      }),
  };
}

function takenText(pictures: number): string {
  if (pictures === 0) return 'no picture could be taken';
  return pictures === 1
    ? 'the one picture before that place has been taken'
    : `the ${pictures} pictures before that place have been taken`;
}
