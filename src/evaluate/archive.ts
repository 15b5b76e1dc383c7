import { strToU8, unzipSync, zipSync } from 'fflate';
import { FaceError, toFaceError } from '../core/errors';
import { readTar } from './tar';

/** A file as a stream: from a disk, or one that a person chose. */
export interface ArchiveFile {
  /** For messages. */
  readonly name: string;
  chunks(): AsyncIterable<Uint8Array>;
}

/**
 * The files of a `.tar`, `.tar.gz` or `.zip` (told by its first bytes) whose names `wants` says yes to, in memory:
 * nothing is unpacked to disk. A tar is read as it comes, a zip, whose table is at its end, whole. Throws
 * `evaluate/bad-archive`.
 */
export async function readArchive(
  { name, chunks }: ArchiveFile,
  wants: (name: string) => boolean,
): Promise<Map<string, Uint8Array>> {
  try {
    const stream = chunks()[Symbol.asyncIterator]();
    const first = (await stream.next()).value ?? new Uint8Array(0);
    const all = concatenated(first, stream);
    if (first[0] === 0x50 && first[1] === 0x4b) {
      const bytes = new Uint8Array(await new Response(streamOf(all)).arrayBuffer());
      return new Map(Object.entries(unzipSync(bytes, { filter: (entry) => wants(entry.name) })));
    }
    const gzipped = first[0] === 0x1f && first[1] === 0x8b;
    return await readTar(gzipped ? gunzipped(all) : all, wants);
  } catch (thrown) {
    const { code, details, message } = toFaceError(thrown);
    const reason = (code === 'internal' ? String(details['reason']) : message).replace(/\.$/, '');
    throw new FaceError('evaluate/bad-archive', { path: name, reason }, { cause: thrown });
  }
}

async function* concatenated(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** Ends with an error where the archive does, or where its check sum is wrong. */
async function* gunzipped(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = streamOf(chunks).pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {}); // the reader of the tar wants no more
  }
}

function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
    async cancel() {
      await chunks.return(undefined);
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
