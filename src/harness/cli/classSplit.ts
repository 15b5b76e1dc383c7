import { count } from '../../core/count';
import { FaceError } from '../../core/errors';
import type { PictureFile } from './pictures';

/** The original's: people with fewer pictures are left out in its split mode, and the first n are trained on. */
const SPLIT = { minImages: 20, trainImages: 10 } as const;

export interface SplitFlags {
  readonly minImages?: number;
  readonly trainImages?: number;
  readonly test?: true;
}

/**
 * What is trained on and what is tested on, as facenet's classifier splits a data set: of each person the first n pictures, and
 * the rest; `personOf` says whose a picture is, null for nobody's. Throws `classify/too-few` when there are not two people, or nothing to test on.
 */
export function splitClasses(
  files: readonly PictureFile[],
  flags: SplitFlags,
  personOf: (file: PictureFile) => string | null,
): { train: PictureFile[]; test: PictureFile[] } {
  const least = flags.minImages ?? (flags.test ? SPLIT.minImages : 1);
  const trained = flags.trainImages ?? (flags.test ? SPLIT.trainImages : Infinity);
  const people = new Map<string, PictureFile[]>();
  for (const file of files) {
    const person = personOf(file);
    if (person === null) continue;
    const own = people.get(person) ?? [];
    people.set(person, own);
    own.push(file);
  }
  const kept = [...people.values()].filter((own) => own.length >= least);
  if (kept.length < 2) throw tooFew(`${kept.length === 1 ? 'only one person has' : 'nobody has'} ${folderOf(least)}`);
  const test = kept.flatMap((own) => own.slice(trained));
  if (flags.test && test.length === 0)
    throw tooFew(`nobody has more than the ${count(trained, 'picture')} to train on, so none is left to test on`);
  return { train: kept.flatMap((own) => own.slice(0, trained)), test };
}

function folderOf(pictures: number): string {
  return pictures === 1 ? 'a folder of pictures' : `a folder of at least ${pictures} pictures`;
}

function tooFew(reason: string): FaceError {
  return new FaceError('classify/too-few', { reason });
}
