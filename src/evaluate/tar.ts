/** Pictures out of a tar, read as a stream by modern-tar: POSIX 1988, PAX and GNU. */
import { createTarDecoder } from 'modern-tar';
import type { FaceError } from '../core/errors';
import { MOST_PICTURE_BYTES, tooLarge } from '../core/zip/unpack';

const CUT = 'Tar archive is truncated.';
/** How modern-tar's other sentences begin; errors of the stream itself have others. */
const DAMAGED = /^(invalid|tar|too many) /i;

/**
 * The files of a tar stream whose names `wants` accepts. Everything else is skipped without being kept, also a wanted
 * file that is too large for a picture, whose entry is the error that says so. Throws an Error whose message says what
 * is wrong with the archive, and what the stream itself throws.
 */
export async function readTar(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  wants: (name: string) => boolean,
): Promise<Map<string, Uint8Array | FaceError>> {
  const files = new Map<string, Uint8Array | FaceError>();
  try {
    const blocks = stream.pipeThrough(oneMoreBlock()).pipeThrough(createTarDecoder({ strict: true }));
    for await (const { header, body } of blocks) {
      const { name, size, type } = header;
      const isWanted = type === 'file' && wants(name);
      if (isWanted && size <= MOST_PICTURE_BYTES)
        files.set(name, new Uint8Array(await new Response(body).arrayBuffer()));
      else {
        await body.cancel();
        if (isWanted) files.set(name, tooLarge(name));
      }
    }
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : '';
    if (message === CUT) throw new Error('it ends in the middle', { cause: thrown });
    if (DAMAGED.test(message)) throw new Error('it is damaged, or not an archive', { cause: thrown });
    throw thrown;
  }
  return files;
}

/** Appends a block of zeros: two of them end an archive, but some writers leave the second one out, as GNU tar allows. */
const oneMoreBlock = () =>
  new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    flush: (controller) => controller.enqueue(new Uint8Array(512)),
  });
