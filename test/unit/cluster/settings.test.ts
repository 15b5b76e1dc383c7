import { expect, test } from 'vitest';
import { groupingSettings } from '../../../src/cluster/settings';

test('1,800 faces are held to rates of .9 in 1,800, then 2.4 and 5.8 times that', () => {
  const { levels, absorb } = groupingSettings(1800, (far) => far);
  expect(levels).toEqual([
    { least: 1, threshold: expect.closeTo(0.0005, 12) },
    { least: 4, threshold: expect.closeTo(0.0012, 12) },
    { least: 6, threshold: expect.closeTo(0.0029, 12) },
  ]);
  expect(absorb).toEqual({ least: 3, nearest: 2, threshold: expect.closeTo(0.0012, 12) });
});

test('the first rate is never above 1 in 1,000, nor below 1 in 100,000', () => {
  const first = (count: number) => groupingSettings(count, (far) => far).levels[0]!.threshold;
  expect([first(0), first(10), first(1e9)]).toEqual([1e-3, 1e-3, 1e-5]);
});
