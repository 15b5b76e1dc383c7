import { sha256 } from '../../core/sha256';
import type { Embedding } from '../../core/types';
import type { Assignment, PhotoFace } from '../../store/photoSchema';
import type { Person } from '../people/people.svelte';

/** Faces that represent a named person when the others are grouped. */
export const PERSON_FACES = 40;

/** A person of the library, or an unnamed group. */
export interface FaceGroup {
  readonly key: string;
  readonly personId: string | null;
  /** Best first. */
  readonly faces: readonly PhotoFace[];
}

/** The faces by person, else by group; largest group first. */
export function groupsOf(faces: readonly PhotoFace[]): FaceGroup[] {
  const found = new Map<string, PhotoFace[]>();
  for (const face of faces) {
    const key = face.personId ?? face.group;
    if (key === null) continue;
    const list = found.get(key);
    if (list) list.push(face);
    else found.set(key, [face]);
  }
  return [...found]
    .map(([key, list]) => ({ key, personId: list[0]!.personId, faces: list.sort((a, b) => worth(b) - worth(a)) }))
    .sort((a, b) => b.faces.length - a.faces.length || (a.key < b.key ? -1 : 1));
}

/** Ranks faces: large and sharp ones represent a person. */
export function worth({ quality, score }: PhotoFace): number {
  return score * Math.min(quality.size, 200) * Math.min(quality.sharpness, 800);
}

/** An enrolled face of a person. */
export interface KnownFace {
  readonly id: string;
  readonly personId: string;
  readonly embedding: Embedding;
}

/** At most `most` enrolled faces per person, none that is in `faces`: a copy would count as a second similar face. */
export function knownFaces(
  people: readonly Person[],
  faces: readonly PhotoFace[],
  embeddings: ReadonlyMap<string, Embedding>,
  modelId: string,
  most: number,
): KnownFace[] {
  const inPhotos = new Set<string>();
  for (const { id, personId } of faces)
    if (personId !== null) inPhotos.add(keyOf(personId, embeddings.get(id)!.vector));
  return people.flatMap((person) =>
    person.faces
      .filter(({ embedding }) => embedding.modelId === modelId && !inPhotos.has(keyOf(person.id, embedding.vector)))
      .slice(0, most)
      .map(({ id, embedding }) => ({ id, personId: person.id, embedding })),
  );
}

/** Two different faces do not share their first four numbers. */
function keyOf(personId: string, vector: Float32Array): string {
  return `${personId} ${vector.slice(0, 4).join(' ')}`;
}

/** The faces to group: some of each named person, and all unnamed ones except those that the user took out. */
export function chooseFaces(faces: readonly PhotoFace[]): readonly PhotoFace[] {
  const ofPerson = new Map<string, number>();
  return faces.filter(({ personId, confirmed }) => {
    if (personId === null) return !confirmed;
    const before = ofPerson.get(personId) ?? 0;
    ofPerson.set(personId, before + 1);
    return before < PERSON_FACES;
  });
}

/** A hash of everything that decides a grouping: while it is unchanged there is nothing to group. */
export async function groupingState(
  modelId: string,
  faces: readonly PhotoFace[],
  people: readonly Person[],
): Promise<string> {
  const ofPhotos = faces.map(({ id, personId, confirmed, group }) => [id, personId, confirmed, group].join(' '));
  const ofPeople = people.flatMap((person) => person.faces.map((face) => `${person.id} ${face.id}`));
  return sha256(new TextEncoder().encode([modelId, ...[...ofPhotos, ...ofPeople].sort()].join('\n')));
}

/** What decides a single face's grouping: while it is unchanged the face need not be compared again. */
export function markOf({ id, personId, group }: Pick<PhotoFace, 'id' | 'personId'> & Partial<PhotoFace>): string {
  return [id, personId, group].join(' ');
}

/**
 * The request of the worker's `groupFaces` for faces of one model with their embeddings, and for known faces. Faces
 * marked in `grouped` come first, with their groups, unless most are new. `order`: for each requested face its index
 * among the faces followed by the known ones.
 */
export function groupingRequest(
  faces: readonly PhotoFace[],
  embeddings: ReadonlyMap<string, Embedding>,
  known: readonly KnownFace[],
  grouped: ReadonlySet<string>,
) {
  const places = new Map<string, number>();
  const place = (kind: string, id: string | null | undefined): number => {
    if (id === null || id === undefined) return -1;
    const key = `${kind} ${id}`;
    const there = places.get(key);
    if (there !== undefined) return there;
    places.set(key, places.size);
    return places.size - 1;
  };
  const all: readonly (KnownFace | PhotoFace)[] = [...faces, ...known];
  const isOld = all.map((face) => grouped.has(markOf(face)));
  const old = isOld.filter((is) => is).length;
  const order = [...all.keys()].sort((a, b) => Number(isOld[b]) - Number(isOld[a]) || a - b);
  const asked = order.map((at) => all[at]!);
  const request = {
    embeddings: asked.map((face) => ('embedding' in face ? face.embedding : embeddings.get(face.id)!)),
    photos: Int32Array.from(asked, (face) => place('photo', 'photoId' in face ? face.photoId : null)),
    people: Int32Array.from(asked, ({ personId }) => place('person', personId)),
  };
  if (2 * old <= all.length) return { request, order };
  const groups = Int32Array.from(asked, (face, at) => place('group', at < old && 'group' in face ? face.group : null));
  return { request: { ...request, groups, from: old }, order };
}

/**
 * The changed assignments by the labels of the faces followed by the known ones: a cluster with a known person is that
 * person's, unconfirmed; others keep the group that most of them had, or get the first face's id; a single face has no
 * group.
 */
export function assignmentsOf(
  faces: readonly PhotoFace[],
  known: readonly KnownFace[],
  labels: ArrayLike<number>,
): Map<string, Assignment> {
  const personOf = new Map(known.map(({ personId }, i): [number, string] => [labels[faces.length + i]!, personId]));
  const members = new Map<number, PhotoFace[]>();
  for (const [i, face] of faces.entries()) {
    const label = labels[i]!;
    if (face.personId !== null) personOf.set(label, face.personId);
    const list = members.get(label);
    if (list) list.push(face);
    else members.set(label, [face]);
  }
  const changes = new Map<string, Assignment>();
  const taken = new Set<string>();
  for (const [label, list] of [...members].sort((a, b) => b[1].length - a[1].length)) {
    const person = personOf.get(label) ?? null;
    const group = person === null && list.length > 1 ? groupId(list, taken) : null;
    if (group !== null) taken.add(group);
    for (const face of list) {
      const personId = face.personId ?? person;
      if (face.personId !== personId || face.group !== group)
        changes.set(face.id, { personId, group, confirmed: face.confirmed });
    }
  }
  return changes;
}

/** The changes whose face is still as `before`: what the user changed meanwhile wins. */
export function stillTrue(
  changes: ReadonlyMap<string, Assignment>,
  before: readonly PhotoFace[],
  now: readonly PhotoFace[],
): Map<string, Assignment> {
  const asItWas = new Map(before.map((face) => [face.id, face]));
  const kept = new Map<string, Assignment>();
  for (const { id, personId, confirmed, group } of now) {
    const [change, old] = [changes.get(id), asItWas.get(id)];
    if (change && old?.personId === personId && old.confirmed === confirmed && old.group === group)
      kept.set(id, change);
  }
  return kept;
}

function groupId(list: readonly PhotoFace[], taken: ReadonlySet<string>): string {
  const votes = new Map<string, number>();
  for (const { group } of list) if (group !== null && !taken.has(group)) votes.set(group, (votes.get(group) ?? 0) + 1);
  const [best] = [...votes].sort((a, b) => b[1] - a[1]);
  return best?.[0] ?? list.find(({ id }) => !taken.has(id))!.id;
}
