/** A folder's pictures gone through once, several at a time. */
import type { FolderReport } from '../../store/photoSchema';
import type { Departed, FolderWalk } from './folderWalk';
import type { PhotoSource } from './sources';

/** Pictures under way: the worker searches one while the other is made small and saved. */
const AT_ONCE = 2;

/**
 * Visits every picture of the source. `onVisited` gets how many faces have come with each. Resolves to what has become of
 * pictures that are no longer there, where the source says that for sure; null where it does not, or when aborted. Throws
 * what is not a picture's fault; known content that was found in new places is then in place.
 */
export async function readFolder(
  walk: FolderWalk,
  source: PhotoSource,
  signal: AbortSignal,
  onVisited: (faces: number, pictures: number) => void,
): Promise<Departed | null> {
  try {
    await visitAll(walk, source, signal, (faces) => onVisited(faces, 1));
    if (signal.aborted) return null;
    onVisited(await walk.settle(source, true, signal), 0);
  } catch (thrown) {
    if (!signal.aborted) await walk.settle(source, false, signal);
    throw thrown;
  }
  if (source.isPartial || !isComplete(source.report())) return null;
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

/** What is not among the pictures is not there: no file and no folder was passed over that may hold known pictures. */
function isComplete({ problem, skippedTotal, places, kinds }: FolderReport): boolean {
  const ofOtherKinds = Object.values(kinds).reduce((sum, n) => sum + n, 0);
  return problem === null && places === 0 && skippedTotal === ofOtherKinds;
}
