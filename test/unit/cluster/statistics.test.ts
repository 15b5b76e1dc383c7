import { expect, test } from 'vitest';
import { normalisedSquared } from '../../../src/cluster/points';
import { groupStatistics } from '../../../src/cluster/statistics';
import { madeUpFaces, uneven } from './faces';

test('the distance of two groups is that of the mean over all their pairs, before and after groups are joined', () => {
  const faces = uneven(madeUpFaces(4, 5, { size: 33 }).points, 2);
  const members: number[][] = [[0, 4, 8], [1], [2, 3], [5], [6, 7, 9, 10]];
  const { distance, join } = groupStatistics(faces, members);
  const expectAll = (): void => {
    for (const [a, one] of members.entries())
      for (const [b, other] of members.entries()) {
        if (a === b || one.length === 0 || other.length === 0) continue;
        let sum = 0;
        for (const i of one) for (const j of other) sum += normalisedSquared(faces, i, j);
        expect(distance(a, b)).toBeCloseTo(Math.sqrt(sum / (one.length * other.length)), 5);
        expect(distance(a, b)).toBe(distance(b, a));
      }
  };
  expectAll();
  for (const [a, b] of [
    [1, 3],
    [0, 1],
    [2, 4],
  ] as const) {
    join(a, b);
    members[a]!.push(...members[b]!);
    members[b] = [];
    expectAll();
  }
});
