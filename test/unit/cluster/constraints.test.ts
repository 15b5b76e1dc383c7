import { expect, test } from 'vitest';
import { eachForbidden, startGroups } from '../../../src/cluster/constraints';

test('faces of one confirmed person start as one group, every other face as its own', () => {
  expect([...startGroups(6, { people: [-1, 4, 2, 4, -1, 2] })]).toEqual([0, 1, 2, 1, 3, 2]);
  expect([...startGroups(3, {})]).toEqual([0, 1, 2]);
});

test('two of one picture and two confirmed people are forbidden, each pair lower one first', () => {
  const photos = [0, 0, 1, 0, -1, -1];
  const people = [-1, -1, 5, 6, 6, -1];
  const groups = startGroups(6, { people });
  const pairs: string[] = [];
  eachForbidden(groups, { photos, people }, (a, b) => pairs.push(`${a} ${b}`));
  // Groups: 0, 1, 2 (person 5), 3 (person 6, two faces), 4. The picture 0 holds 0, 1 and 3; people are 2 and 3.
  expect(pairs.sort()).toEqual(['0 1', '0 3', '1 3', '2 3']);
});
