import { addTo } from '../core/lists';

/** What is known of faces before they are grouped; both lists have an entry a face. */
export interface Constraints {
  /** The picture that a face is in: two faces of one picture are two people. Negative: no picture known. */
  readonly photos?: ArrayLike<number> | undefined;
  /** The person that the user has said a face is; negative: not said. Same: together; different: never together. */
  readonly people?: ArrayLike<number> | undefined;
  /** The group that a face was in before; negative: none. Same: together, except faces that the user has named. */
  readonly groups?: ArrayLike<number> | undefined;
}

/** Groups to start from: faces of one confirmed person or one earlier group together, all others alone. Numbered 0, 1, … */
export function startGroups(count: number, { people, groups }: Constraints): Int32Array {
  const ofPerson = new Map<number, number>();
  const ofGroup = new Map<number, number>();
  let next = 0;
  return Int32Array.from({ length: count }, (_, i) => {
    const person = people?.[i] ?? -1;
    const [label, known] = person >= 0 ? [person, ofPerson] : [groups?.[i] ?? -1, ofGroup];
    if (label < 0) return next++;
    const there = known.get(label);
    if (there === undefined) known.set(label, next++);
    return there ?? next - 1;
  });
}

export interface MayBeOne {
  (a: number, b: number): boolean;
  /** The faces of `b` become those of `a`; before the lists of members change. */
  readonly join: (a: number, b: number) => void;
}

/**
 * Whether two groups may become one: not when both have a face of one picture, nor when the user has said that they are two
 * people. `members` holds the faces of each group and is not changed.
 */
export function mayBeOne(members: readonly (readonly number[] | null)[], { photos, people }: Constraints): MayBeOne {
  const personOf = new Map<number, number>();
  const photosOf = new Map<number, Set<number>>();
  for (const [group, faces] of members.entries())
    for (const face of faces ?? []) {
      const person = people?.[face] ?? -1;
      if (person >= 0) personOf.set(group, person);
      const photo = photos?.[face] ?? -1;
      if (photo < 0) continue;
      const known = photosOf.get(group);
      if (known) known.add(photo);
      else photosOf.set(group, new Set([photo]));
    }
  const mayBe = (a: number, b: number): boolean => {
    const [person, other] = [personOf.get(a), personOf.get(b)];
    if (person !== undefined && other !== undefined && person !== other) return false;
    const [one, two] = [photosOf.get(a), photosOf.get(b)];
    if (!one || !two) return true;
    const [few, many] = one.size < two.size ? [one, two] : [two, one];
    for (const photo of few) if (many.has(photo)) return false;
    return true;
  };
  const join = (a: number, b: number): void => {
    const person = personOf.get(b);
    if (person !== undefined) personOf.set(a, person);
    const [own, other] = [photosOf.get(a), photosOf.get(b)];
    if (!own && other) photosOf.set(a, other);
    else for (const photo of other ?? []) own!.add(photo);
    personOf.delete(b);
    photosOf.delete(b);
  };
  return Object.assign(mayBe, { join });
}

/** Calls `visit` with each pair of starting groups that may never become one. */
export function eachForbidden(
  groups: Int32Array,
  { photos, people }: Constraints,
  visit: (a: number, b: number) => void,
): void {
  const pairUp = (members: readonly number[]): void => {
    for (const [at, a] of members.entries())
      for (const b of members.slice(at + 1)) if (a !== b) visit(Math.min(a, b), Math.max(a, b));
  };
  const ofPhoto = new Map<number, number[]>();
  const named = new Map<number, number>();
  for (let i = 0; i < groups.length; i++) {
    const photo = photos?.[i] ?? -1;
    if (photo >= 0) addTo(ofPhoto, photo, groups[i]!);
    const person = people?.[i] ?? -1;
    if (person >= 0) named.set(person, groups[i]!);
  }
  for (const members of ofPhoto.values()) pairUp(members);
  pairUp([...named.values()]);
}
