import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { FaceError, type ErrorData } from '../../../core/errors';
import { writeWhole } from '../writeWhole';

/** A picture of a run that could not be read. */
export interface Unread extends ErrorData {
  /** Its place in the whole list. */
  readonly index: number;
}

/** Beside the work file: pictures that could not be read have no row there, so that `--resume` tries them again. */
function pathOf(work: string): string {
  return work.replace(/\.part$/, '.unread.json');
}

/** What a run that came to its end could not read; null: it is not at its end, or removed. */
export async function writeUnread(work: string, unread: readonly Unread[] | null): Promise<void> {
  if (unread === null || unread.length === 0) await rm(pathOf(work), { force: true });
  else await writeWhole(pathOf(work), `${JSON.stringify(unread)}\n`);
}

/** By their places. Throws `harness/other-run` for a file that is no such list. */
export async function readUnread(work: string): Promise<Unread[]> {
  const path = pathOf(work);
  if (!existsSync(path)) return [];
  try {
    const unread = JSON.parse(await readFile(path, 'utf8')) as Unread[];
    return [...unread].sort((a, b) => a.index - b.index);
  } catch (thrown) {
    throw new FaceError('harness/other-run', { path, what: 'version of this program' }, { cause: thrown });
  }
}
