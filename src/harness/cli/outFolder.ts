import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaceError } from '../../core/errors';

/** Sees that a file can go where it is to go: said now, not after minutes of work. Throws `harness/no-such-file`. */
export async function assertOutFolder(file: string): Promise<void> {
  const folder = dirname(file);
  await access(folder).catch(() => {
    throw new FaceError('harness/no-such-file', { path: folder });
  });
}
