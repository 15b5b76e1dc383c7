import { strToU8, zipSync } from 'fflate';
import { FaceError, toFaceError, type ErrorCode } from '../core/errors';
import { unpack } from '../core/zip/unpack';
import { readZipDirectory, type RandomAccess } from '../core/zip/zipDirectory';
import { readTar } from './tar';

/** Read at a time of a tar. */
const WINDOW = 2 ** 20;

const PROBLEMS = {
  'no-zip': 'it is damaged',
  split: 'it is one part of an archive in several files',
  cut: 'it is cut off or damaged',
} as const;

/** A file's bytes, or why it could not be read. */
export type ArchiveEntry = Uint8Array | FaceError;

/** Errors of a single entry of a zip. */
const OF_ENTRY: ReadonlySet<ErrorCode> = new Set([
  'archive/damaged',
  'archive/locked',
  'archive/method',
  'image/too-many-bytes',
]);

/**
 * The files of a `.tar`, `.tar.gz` or `.zip` (known by its first bytes) whose names `wants` accepts, in memory: nothing
 * is unpacked to disk, and nothing else is kept. The entry of a file that is damaged, locked, packed in another way or
 * too large is the error that says so. `name` is for messages. Throws `evaluate/bad-archive`.
 */
export async function readArchive(
  name: string,
  file: RandomAccess,
  wants: (name: string) => boolean,
): Promise<Map<string, ArchiveEntry>> {
  try {
    const [first, second] = await file.read(0, 2);
    if (first === 0x50 && second === 0x4b) return await readZip(file, wants);
    const gzipped = first === 0x1f && second === 0x8b;
    const bytes = streamOf(file);
    return await readTar(gzipped ? bytes.pipeThrough(new DecompressionStream('gzip')) : bytes, wants);
  } catch (thrown) {
    const { code, details, message } = toFaceError(thrown);
    const reason = (code === 'internal' ? String(details['reason']) : message).replace(/\.$/, '');
    throw new FaceError('evaluate/bad-archive', { path: name, reason }, { cause: thrown });
  }
}

async function readZip(file: RandomAccess, wants: (name: string) => boolean): Promise<Map<string, ArchiveEntry>> {
  const { entries, problem } = await readZipDirectory(file);
  if (problem) throw new Error(PROBLEMS[problem]);
  const files = new Map<string, ArchiveEntry>();
  for (const entry of entries) {
    if (!wants(entry.path)) continue;
    try {
      files.set(entry.path, new Uint8Array(await new Blob(await unpack(file, entry)).arrayBuffer()));
    } catch (thrown) {
      if (!(thrown instanceof FaceError && OF_ENTRY.has(thrown.code))) throw thrown;
      files.set(entry.path, thrown);
    }
  }
  return files;
}

function streamOf(file: RandomAccess): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      if (at < file.size) controller.enqueue(await file.read(at, at + WINDOW));
      at += WINDOW;
      if (at >= file.size) controller.close();
    },
  });
}

/** A zip of files by their names; what is compressed already stays as it is. */
export function writeZip(files: readonly (readonly [string, string | Uint8Array])[]): Uint8Array<ArrayBuffer> {
  const bytes = files.map(
    ([name, content]) => [name, typeof content === 'string' ? strToU8(content) : content] as const,
  );
  return zipSync(Object.fromEntries(bytes));
}
