import { mulberry32, shuffledIndices } from '../../../src/core/random';
import type { Pair, PairList } from '../../../src/evaluate/pairs';

export const FOLDS = 10;

/**
 * Pairs for choosing how to cut faces, apart from the test's: `count` of one person and as many of two, in 10 folds that
 * share no person. The same pictures and seed give the same list. `personOf` names a picture's person.
 */
export function drawPairs(
  pictures: readonly string[],
  personOf: (picture: string) => string,
  count: number,
  seed: number,
): PairList {
  const random = mulberry32(seed);
  const people = new Map<string, string[]>();
  for (const picture of pictures) people.set(personOf(picture), [...(people.get(personOf(picture)) ?? []), picture]);
  const names = [...people.keys()].sort();
  const order = shuffledIndices(names.length, random);
  const each = Math.floor(count / FOLDS);
  const pairs: Pair[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const own = names.filter((_, i) => order[i]! % FOLDS === fold).map((name) => people.get(name)!);
    const all = own.flat();
    const same: [string, string][] = own.flatMap((list) =>
      list.flatMap((a, i) => list.slice(0, i).map((b): [string, string] => [a, b])),
    );
    const picked = [...shuffledIndices(same.length, random)].slice(0, each).map((i) => same[i]!);
    const different = new Map<string, [string, string]>();
    while (different.size < picked.length) {
      const [a, b] = [all[Math.floor(random() * all.length)]!, all[Math.floor(random() * all.length)]!];
      if (personOf(a) !== personOf(b)) different.set([a, b].sort().join(' '), [a, b]);
    }
    for (const [same, list] of [[true, picked] as const, [false, [...different.values()]] as const])
      for (const [a, b] of list) pairs.push({ a, b, same, fold, line: pairs.length + 1 });
  }
  return { pairs, folds: FOLDS };
}
