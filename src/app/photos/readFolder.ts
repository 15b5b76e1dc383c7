/** Reads a folder's pictures once, several at a time. */
import type { FolderReport } from '../../store/photoSchema';
import type { Departed, FolderWalk } from './folderWalk';
import type { PhotoSource } from './sources';

/** Pictures in progress: the worker searches one while the other is scaled down and saved. */
const AT_ONCE = 2;

/**
 * Visits every picture of the source; `onVisited` gets the number of new faces. Resolves to the pictures that are no
 * longer there, or to null where the source cannot be sure of that and when aborted. Throws errors that are not a
 * picture's fault; by then pictures in new places are settled.
 */
export async function readFolder(
  walk: FolderWalk,
  source: PhotoSource,
  signal: AbortSignal,
  onVisited: (faces: number, pictures: number) => void,
): Promise<Departed | null> {
  const isAborted = () => signal.aborted; // may change during each await
  try {
    await visitAll(walk, source, signal, (faces) => onVisited(faces, 1));
    if (isAborted()) return null;
    onVisited(await walk.settle(source, true, signal), 0);
  } catch (thrown) {
    if (!isAborted()) await walk.settle(source, false, signal);
    throw thrown;
  }
  if (isAborted() || source.isPartial || !isComplete(source.report())) return null;
  return walk.removeGone();
}

async function visitAll(
  walk: FolderWalk,
  source: PhotoSource,
  signal: AbortSignal,
  onVisited: (faces: number) => void,
): Promise<void> {
  const underWay: Promise<void>[] = [];
  try {
    for await (const picture of source.pictures()) {
      if (signal.aborted) return;
      const work = walk.visit(picture, signal).then(onVisited);
      work.catch(() => undefined); // rejects again where it is awaited
      underWay.push(work);
      if (underWay.length === AT_ONCE) await underWay.shift();
    }
    await Promise.all(underWay);
  } finally {
    await Promise.allSettled(underWay);
  }
}

/** Whether missing pictures are really gone: no file or folder was skipped that could hold known pictures. */
function isComplete({ problem, skippedTotal, places, kinds }: FolderReport): boolean {
  const ofOtherKinds = Object.values(kinds).reduce((sum, n) => sum + n, 0);
  return problem === null && places === 0 && skippedTotal === ofOtherKinds;
}
