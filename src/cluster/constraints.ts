/** What is known of faces before they are grouped; both lists have an entry a face. */
export interface Constraints {
  /** The picture that a face is in: two faces of one picture are two people. Negative: no picture known. */
  readonly photos?: ArrayLike<number> | undefined;
  /** The person that the user has said a face is; negative: not said. Same: together; different: never together. */
  readonly people?: ArrayLike<number> | undefined;
}

/** Groups to start from: faces confirmed to be one person are one, every other face is its own. Numbered 0, 1, … */
export function startGroups(count: number, { people }: Constraints): Int32Array {
  const ofPerson = new Map<number, number>();
  let next = 0;
  return Int32Array.from({ length: count }, (_, i) => {
    const person = people?.[i] ?? -1;
    const known = person < 0 ? undefined : ofPerson.get(person);
    if (known !== undefined) return known;
    if (person >= 0) ofPerson.set(person, next);
    return next++;
  });
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
    if (photo >= 0) {
      const members = ofPhoto.get(photo);
      if (members) members.push(groups[i]!);
      else ofPhoto.set(photo, [groups[i]!]);
    }
    const person = people?.[i] ?? -1;
    if (person >= 0) named.set(person, groups[i]!);
  }
  for (const members of ofPhoto.values()) pairUp(members);
  pairUp([...named.values()]);
}
