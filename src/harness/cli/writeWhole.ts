import { rename, rm, writeFile } from 'node:fs/promises';

/** What a file is called while it is written; one that is left over comes from a run that was ended. */
export const PART = '.part';

let written = 0;

/**
 * Writes a file so that under its name there is always a whole one, even after a crash or with two programs writing it
 * at a time. Throws what the disk throws.
 */
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
