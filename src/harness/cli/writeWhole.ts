import { access, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaceError } from '../../core/errors';

/** What a file is called while it is written; one that is left over comes from a run that was ended. */
export const PART = '.part';

let written = 0;

/** Writes a file atomically, also when it crashes or two programs write it. Throws what the disk throws. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const part = `${path}.${process.pid}-${written++}${PART}`;
  try {
    await writeFile(part, content, { flush: true });
    await rename(part, path);
  } catch (thrown) {
    await rm(part, { force: true }).catch(() => undefined);
    throw thrown;
  }
}

/** Sees that a file can go where it is to go: said now, not after minutes of work. Throws `harness/no-such-file`. */
export async function assertOutFolder(file: string): Promise<void> {
  const folder = dirname(file);
  await access(folder).catch(() => {
    throw new FaceError('harness/no-such-file', { path: folder });
  });
}
