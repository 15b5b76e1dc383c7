import { addTo } from '../core/lists';
import { euclidean } from '../core/vectors';
import type { Constraints } from './constraints';
import type { Points } from './points';

/**
 * Share of the first round's distance (.95 for FaceNet and MobileFaceNet) within which faces of one picture are copies.
 * The 25 copies of a portrait in a collage are at most .14 apart, flipped or darkened copies .25. Of 18 million pairs of
 * UTKFace, mostly of different people, 1 in 84,000 is nearer than .3; in 60 crowds of WIDER no two faces of a picture are.
 */
export const COPY = 0.3;

/**
 * Starting groups that unite copies of one face within a picture: the tiles of a collage, a portrait and its flipped copy.
 * As separate groups, which may never become one, each tile would attract some of the person's other pictures. Two people
 * whom the user has named stay two.
 */
export function uniteCopies(
  { size, vectors }: Points,
  groups: Int32Array,
  { photos, people }: Constraints,
  limit: number,
): Int32Array {
  const united = groups.slice();
  if (!photos) return united;
  const personOf = new Map<number, number>();
  for (const [i, group] of groups.entries()) if ((people?.[i] ?? -1) >= 0) personOf.set(group, people![i]!);
  const members = new Map<number, number[]>();
  for (const [i, group] of groups.entries()) addTo(members, group, i);

  const unite = (a: number, b: number): void => {
    const [kept, gone] = [Math.min(a, b), Math.max(a, b)];
    const [person, other] = [personOf.get(kept), personOf.get(gone)];
    if (kept === gone || (person !== undefined && other !== undefined)) return;
    if (other !== undefined) personOf.set(kept, other);
    for (const i of members.get(gone)!) {
      united[i] = kept;
      members.get(kept)!.push(i);
    }
    members.delete(gone);
  };
  const row = (i: number): Float32Array => vectors.subarray(i * size, (i + 1) * size);
  const byPhoto = new Map<number, number[]>();
  for (let i = 0; i < photos.length; i++) if (photos[i]! >= 0) addTo(byPhoto, photos[i]!, i);
  for (const faces of byPhoto.values())
    for (const [at, i] of faces.entries())
      for (const j of faces.slice(at + 1)) if (euclidean(row(i), row(j)) <= limit) unite(united[i]!, united[j]!);
  return united;
}
