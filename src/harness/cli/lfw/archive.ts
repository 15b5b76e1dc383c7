import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { unzipSync } from 'fflate';
import { FaceError, toFaceError } from '../../../core/errors';
import { readTar } from './tar';

/**
 * The files of a `.tar`, `.tar.gz` or `.zip` (told by its first bytes) whose names `wants` says yes to, in memory:
 * nothing is written to disk. Throws `harness/bad-archive`.
 */
export async function readArchive(path: string, wants: (name: string) => boolean): Promise<Map<string, Uint8Array>> {
  try {
    const first = await firstBytes(path);
    if (first[0] === 0x50 && first[1] === 0x4b) {
      const files = unzipSync(await readFile(path), { filter: ({ name }) => wants(name) });
      return new Map(Object.entries(files));
    }
    const stream = createReadStream(path);
    const gzipped = first[0] === 0x1f && first[1] === 0x8b;
    return await readTar(gzipped ? pipeErrors(stream, createGunzip()) : stream, wants);
  } catch (thrown) {
    const { code, details, message } = toFaceError(thrown);
    const reason = (code === 'internal' ? String(details['reason']) : message).replace(/\.$/, '');
    throw new FaceError('harness/bad-archive', { path, reason }, { cause: thrown });
  }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array(2);
    await file.read(bytes, 0, 2, 0);
    return bytes;
  } finally {
    await file.close();
  }
}

/** `pipe` alone would leave a reader waiting when the source fails. */
function pipeErrors<T extends NodeJS.ReadWriteStream & { destroy(error: Error): void }>(
  from: NodeJS.ReadableStream,
  to: T,
): T {
  from.on('error', (error) => to.destroy(error));
  from.pipe(to);
  return to;
}
