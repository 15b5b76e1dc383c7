import { euclidean } from '../core/vectors';
import type { Constraints } from './constraints';
import type { Points } from './points';

/**
 * Of the first round's distance, for faces of one picture. The 25 copies of a portrait in a collage are .14 from each other
 * at most, mirrored or darkened copies .25, where the first round begins at .95 (FaceNet, MobileFaceNet); of 18 million
 * pairs of UTKFace, mostly of different people, 1 in 84,000 is nearer than .3, and in 60 crowds of WIDER no two of a
 * picture's faces are, small ones included.
 */
export const COPY = 0.3;

/**
 * Starting groups in which copies of one face within one picture are one: the tiles of a collage, a portrait and its
 * mirror image. As separate groups that may never become one they would tear their person apart, each tile drawing some of
 * the person's other pictures to itself. Two people whom the user has named stay two.
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
  for (const [i, group] of groups.entries()) {
    const list = members.get(group);
    if (list) list.push(i);
    else members.set(group, [i]);
  }

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
  for (const faces of facesByPhoto(photos))
    for (const [at, i] of faces.entries())
      for (const j of faces.slice(at + 1)) if (euclidean(row(i), row(j)) <= limit) unite(united[i]!, united[j]!);
  return united;
}

function facesByPhoto(photos: ArrayLike<number>): Iterable<readonly number[]> {
  const byPhoto = new Map<number, number[]>();
  for (let i = 0; i < photos.length; i++) {
    const photo = photos[i]!;
    if (photo < 0) continue;
    const faces = byPhoto.get(photo);
    if (faces) faces.push(i);
    else byPhoto.set(photo, [i]);
  }
  return byPhoto.values();
}
