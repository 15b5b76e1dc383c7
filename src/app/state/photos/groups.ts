import type { Embedding } from '../../../core/types';
import type { Belonging, PhotoFace } from '../../../store/photoSchema';

/** What the worker's `groupFaces` takes, from faces whose numbers are there and of one model. */
export function groupingRequest(faces: readonly PhotoFace[], embeddings: ReadonlyMap<string, Embedding>) {
  const places = new Map<string, number>();
  const place = (key: string): number => {
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, places.size);
    return places.size - 1;
  };
  return {
    embeddings: faces.map(({ id }) => embeddings.get(id)!.vector),
    photos: Int32Array.from(faces, ({ photoId }) => place(`photo ${photoId}`)),
    people: Int32Array.from(faces, ({ personId }) => (personId === null ? -1 : place(`person ${personId}`))),
  };
}

/**
 * What the labels say of each face, where it is new: those with a known person are that person's, not confirmed; the others
 * keep the group that most of them had, or get the first one's id; a face alone has no group.
 */
export function belongingsOf(faces: readonly PhotoFace[], labels: ArrayLike<number>): Map<string, Belonging> {
  const members = new Map<number, PhotoFace[]>();
  for (const [i, face] of faces.entries()) {
    const list = members.get(labels[i]!);
    if (list) list.push(face);
    else members.set(labels[i]!, [face]);
  }
  const changes = new Map<string, Belonging>();
  const taken = new Set<string>();
  const change = (face: PhotoFace, personId: string | null, group: string | null): void => {
    if (face.personId === personId && face.group === group) return;
    changes.set(face.id, { personId, group, confirmed: face.confirmed });
  };
  for (const list of [...members.values()].sort((a, b) => b.length - a.length)) {
    const person = list.find(({ personId }) => personId !== null)?.personId ?? null;
    const group = person === null && list.length > 1 ? groupId(list, taken) : null;
    if (group !== null) taken.add(group);
    for (const face of list) change(face, face.personId ?? person, group);
  }
  return changes;
}

function groupId(list: readonly PhotoFace[], taken: ReadonlySet<string>): string {
  const votes = new Map<string, number>();
  for (const { group } of list) if (group !== null && !taken.has(group)) votes.set(group, (votes.get(group) ?? 0) + 1);
  const [best] = [...votes].sort((a, b) => b[1] - a[1]);
  return best?.[0] ?? list.find(({ id }) => !taken.has(id))!.id;
}
