/** Pictures dropped without a folder form one folder together. */
import type { PhotoFolder, PhotoRecord } from '../../store/photoSchema';
import { numbered, sourceOfPaths, type PhotoSource } from './sources';

const SINGLE = 'Single pictures';

export function isSingle({ kind, name }: Pick<PhotoFolder, 'kind' | 'name'>): boolean {
  return kind === 'given' && name === SINGLE;
}

/** Adds files to the earlier ones as one source; another file of the same name gets a new path. `photoAt`: by path. */
export function addSingles(
  singles: Map<string, File>,
  files: readonly File[],
  photoAt: (path: string) => PhotoRecord | undefined,
): PhotoSource {
  for (const file of files) {
    const isFree = (path: string): boolean => {
      const photo = photoAt(path);
      const there = singles.get(path) ?? (photo && { size: photo.size, lastModified: photo.modified });
      return !there || (there.size === file.size && there.lastModified === file.lastModified);
    };
    let n = 1;
    while (!isFree(numbered(file.name, n))) n++;
    singles.set(numbered(file.name, n), file);
  }
  return { ...sourceOfPaths(SINGLE, singles), isPartial: true };
}
