import { readFile } from 'node:fs/promises';
import { FaceError, toFaceError } from '../../core/errors';

/** Whatever is done with a file. */
const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no room left on the disk',
  EDQUOT: 'your share of the disk is used up',
  EROFS: 'the disk may only be read',
  EFBIG: 'the file would be larger than the disk takes',
  EMFILE: 'too many files are open at once',
  ENFILE: 'too many files are open on this machine',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOTDIR: 'part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  ENOENT: 'its folder does not exist',
  EEXIST: 'there is something of that name already',
  ENOTEMPTY: 'the folder is not empty',
  EBUSY: 'another program is using it',
  ETXTBSY: 'another program is using it',
  EIO: 'the disk or the network failed',
  ESTALE: 'the network drive has lost it',
  ETIMEDOUT: 'the network drive does not answer',
  EHOSTDOWN: 'the network drive does not answer',
};
const DENIED: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** Why a file could not be written, in words without a full stop. */
export function diskReason(thrown: unknown): string {
  const code = codeOf(thrown);
  if (code !== undefined && DENIED.has(code)) return 'it may not be written there';
  return reasonOf(thrown);
}

function reasonOf(thrown: unknown): string {
  const code = codeOf(thrown);
  return (
    WORDS[code ?? ''] ??
    (code === undefined ? toFaceError(thrown).message : (thrown as Error).message).replace(/\.$/, '')
  );
}

/** Why the file or folder at `path` could not be read: `harness/no-such-file`, `harness/denied`, `harness/not-read`. */
export function readError(path: string, thrown: unknown): FaceError {
  if (thrown instanceof FaceError) return thrown;
  const code = codeOf(thrown);
  if (code === 'ENOENT') return new FaceError('harness/no-such-file', { path }, { cause: thrown });
  if (code !== undefined && DENIED.has(code)) return new FaceError('harness/denied', { path }, { cause: thrown });
  return new FaceError('harness/not-read', { path, reason: reasonOf(thrown) }, { cause: thrown });
}

/** A text file that a flag names. Throws `harness/no-such-file`. */
export async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => {
    throw new FaceError('harness/no-such-file', { path });
  });
}

/** System calls that only reading makes; `open` is either's. */
const READING: ReadonlySet<string> = new Set(['scandir', 'stat', 'lstat', 'realpath', 'access', 'read', 'readlink']);
/** Failures that only writing meets, whatever was written. */
const WRITING: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EFBIG']);

/** What ended a command, as a FaceError: what a disk refuses is called that, with the file's name. */
export function commandError(thrown: unknown): FaceError {
  const code = codeOf(thrown);
  if (thrown instanceof FaceError || code === undefined || !isOfDisk(code)) return toFaceError(thrown);
  const { path, syscall } = thrown as NodeJS.ErrnoException;
  if (path !== undefined && syscall !== undefined && READING.has(syscall)) return readError(path, thrown);
  if (path === undefined && !WRITING.has(code)) return toFaceError(thrown);
  return new FaceError(
    'harness/not-written',
    { name: path ?? 'The result', reason: diskReason(thrown) },
    { cause: thrown },
  );
}

function isOfDisk(code: string): boolean {
  return code in WORDS || DENIED.has(code);
}
