import { expect, test } from 'vitest';
import { groupsOf, tidyLabels } from '../../../src/cluster/labels';

test('labels are renumbered in order of appearance, negative ones become −1', () => {
  expect([...tidyLabels([7, -5, 3, 7, 0])]).toEqual([0, -1, 1, 0, 2]);
});

test('members of groups in order, the ungrouped in none', () => {
  expect(groupsOf([1, -1, 0, 1])).toEqual([[2], [0, 3]]);
});
