import { toFaceError } from '../../core/errors';

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
