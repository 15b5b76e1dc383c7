import { mkdir, open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError } from '../../core/errors';
import { download } from '../../weights/download';
import type { SourceFile } from '../../weights/modelRow';
import { verifyBytes } from '../../weights/verify';
import { PART } from './writeWhole';

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  /** See `download`. */
  readonly silentMs?: number | undefined;
  /** Bytes of the file that are here now; may fall when a server starts over. */
  readonly onHave?: (bytes: number) => void;
}

/** A connection that breaks off is taken up again as long as each try brings something, but not for ever. */
const TRIES = 8;

/**
 * Downloads one source file into `folder`, verified, and returns its path. An unfinished download is resumed; two programs
 * at once each get their own file. Throws what `download` throws (a connection that keeps breaking off:
 * `weights/download-failed`) and `weights/hash-mismatch`, after which nothing of the file is kept.
 */
export async function fetchSource(
  source: SourceFile,
  url: string,
  folder: string,
  options: FetchOptions,
): Promise<string> {
  const whole = join(folder, source.sha256);
  if ((await sizeOf(whole)) === source.bytes) {
    options.onHave?.(source.bytes);
    return whole;
  }
  await mkdir(folder, { recursive: true });
  const part = await claimPart(folder, source.sha256);
  try {
    await fillPart(part, source, url, options);
  } catch (thrown) {
    await rename(part, `${whole}${PART}`).catch(() => undefined); // gone where its bytes were wrong
    throw thrown;
  }
  await rename(part, whole);
  return whole;
}

let claimed = 0;

/** A name for the unfinished file that nobody else has: what an earlier run left, whether it ended well or not, is taken over. */
async function claimPart(folder: string, name: string): Promise<string> {
  const own = join(folder, `${name}.${process.pid}-${claimed++}${PART}`);
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(`${name}.`) || !entry.endsWith(PART)) continue;
    const owner = /\.(\d+)-\d+\.part$/.exec(entry)?.[1];
    if (owner !== undefined && isRunning(Number(owner))) continue;
    // Another program may have been quicker.
    if (
      await rename(join(folder, entry), own).then(
        () => true,
        () => false,
      )
    )
      break;
  }
  return own;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's
  }
}

async function fillPart(part: string, source: SourceFile, url: string, options: FetchOptions): Promise<void> {
  const file = await open(part, 'a+');
  try {
    for (let tries = 1; !(await goOn(file, source, url, options)); tries++) {
      if (tries < TRIES) continue;
      throw new FaceError('weights/download-failed', {
        reason: `the connection to ${new URL(url).host} keeps breaking off`,
      });
    }
  } finally {
    await file.close();
  }
  try {
    await verifyBytes(new Uint8Array(await readFile(part)), source, url);
  } catch (thrown) {
    await rm(part);
    throw thrown;
  }
}

/** One connection's worth, appended; false when it broke off with more to come. */
async function goOn(file: FileHandle, { bytes }: SourceFile, url: string, options: FetchOptions): Promise<boolean> {
  let have = (await file.stat()).size;
  if (have > bytes) await file.truncate((have = 0));
  options.onHave?.(have);
  if (have === bytes) return true;
  try {
    for await (const { at, data } of download(url, bytes, { ...options, have })) {
      if (at === 0 && have > 0) await file.truncate(0);
      await file.appendFile(data);
      options.onHave?.((have = at + data.length));
    }
    return true;
  } catch (thrown) {
    if (thrown instanceof FaceError && thrown.code === 'weights/truncated') return false;
    if (thrown instanceof FaceError && thrown.code === 'weights/oversized') await file.truncate(0);
    throw thrown;
  }
}

/** The size of a file; −1 where there is none. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (entry) => entry.size,
    () => -1,
  );
}
