/**
 * Which folders of a backup are folders that are here. Folders of the same name may be two cameras' cards, with other
 * pictures under the same paths: joined, each would hide pictures of the other, and lose them when one is given again.
 */
import type { PhotoFolder, PhotoRecord } from '../photoSchema';

type Picture = Pick<PhotoRecord, 'folderId' | 'path' | 'size' | 'modified' | 'sha256'>;
export interface PhotoList {
  readonly folders: readonly PhotoFolder[];
  readonly photos: readonly Picture[];
}

/**
 * By the id of a folder of the backup the id of the one here: the same, or else one that was handed over, has the same name
 * and at least half of the pictures of the smaller of both in common. No folder here is two of the backup.
 */
export function sameFolders(backup: PhotoList, here: PhotoList): Map<string, string> {
  const same = new Map<string, string>();
  const ids = new Set(here.folders.map(({ id }) => id));
  for (const { id } of backup.folders) if (ids.has(id)) same.set(id, id);
  const taken = new Set(same.values());
  const [theirs, ours] = [byFolder(backup.photos), byFolder(here.photos)];
  for (const { id, name } of backup.folders) {
    if (same.has(id)) continue;
    const given = theirs.get(id) ?? [];
    let best: { readonly id: string; readonly common: number } | null = null;
    for (const folder of here.folders) {
      if (folder.kind !== 'given' || folder.name !== name || taken.has(folder.id)) continue;
      const known = ours.get(folder.id) ?? [];
      const common = inCommon(given, known);
      if (common * 2 < Math.min(given.length, known.length)) continue;
      if (common > (best?.common ?? -1)) best = { id: folder.id, common };
    }
    if (!best) continue;
    same.set(id, best.id);
    taken.add(best.id);
  }
  return same;
}

function byFolder(photos: readonly Picture[]): Map<string, Picture[]> {
  const found = new Map<string, Picture[]>();
  for (const photo of photos) {
    const list = found.get(photo.folderId);
    if (list) list.push(photo);
    else found.set(photo.folderId, [photo]);
  }
  return found;
}

/** Pictures of the same content, wherever in the folder; where that is not known, of the same path, size and date. */
function inCommon(given: readonly Picture[], known: readonly Picture[]): number {
  const byPath = new Map(known.map((photo) => [photo.path, photo]));
  const hashes = new Set(known.flatMap(({ sha256 }) => sha256 ?? []));
  return given.filter((photo) => {
    if (photo.sha256 !== null && hashes.has(photo.sha256)) return true;
    const there = byPath.get(photo.path);
    if (!there || (there.sha256 !== null && photo.sha256 !== null)) return false;
    return there.size === photo.size && there.modified === photo.modified;
  }).length;
}
