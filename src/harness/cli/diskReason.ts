import { FaceError, toFaceError } from '../../core/errors';

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no room left on the disk',
  EDQUOT: 'your share of the disk is used up',
  EROFS: 'the disk may only be read',
  EACCES: 'it may not be written there',
};

/** Why a file could not be written, in words without a full stop. */
export function diskReason(thrown: unknown): string {
  const { code, message } = thrown as NodeJS.ErrnoException;
  return WORDS[code ?? ''] ?? (code === undefined ? toFaceError(thrown).message : message).replace(/\.$/, '');
}

/** Failures that only writing meets, whatever was written. */
const WRITING: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** What ended a command, as a FaceError: a disk that takes nothing more is called that. */
export function commandError(thrown: unknown): FaceError {
  if (!(thrown instanceof Error) || !('code' in thrown) || !WRITING.has(String(thrown.code)))
    return toFaceError(thrown);
  const name = 'path' in thrown ? String(thrown.path) : 'The result';
  return new FaceError('harness/not-written', { name, reason: diskReason(thrown) }, { cause: thrown });
}
