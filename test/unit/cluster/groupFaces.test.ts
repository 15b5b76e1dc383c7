import { expect, test } from 'vitest';
import { absorbSmall } from '../../../src/cluster/absorb';
import { averageLinkage } from '../../../src/cluster/averageLinkage';
import { groupFaces } from '../../../src/cluster/groupFaces';
import { groupingSettings } from '../../../src/cluster/settings';
import { measureGrouping } from '../../../src/cluster/measure';
import { packPoints } from '../../../src/cluster/points';
import { euclidean } from '../../../src/core/vectors';
import { mulberry32 } from '../../../src/core/random';
import { madeUpFaces, row, sets } from './faces';

const NEVER = { least: 1, nearest: 1, threshold: 0 };

test('with one round and nothing absorbed it is average linkage', () => {
  const { points } = madeUpFaces(6, 6, { spread: 0.2 });
  const labels = groupFaces(points, { levels: [{ least: 1, threshold: 0.9 }], absorb: NEVER });
  expect(labels).toEqual(averageLinkage(points, { threshold: 0.9 }));
});

test('a later round joins large groups and leaves small ones alone', () => {
  const points = packPoints([[0], [0.1], [1], [1.1], [5], [6]]);
  const levels = [
    { least: 1, threshold: 0.2 },
    { least: 2, threshold: 1.5 },
  ];
  expect(sets(groupFaces(points, { levels, absorb: NEVER }))).toEqual(['0 1 2 3', '4', '5']);
});

test.each([1, 2])('seed %i: small groups go where the plainly written rule sends them', (seed) => {
  const { points } = madeUpFaces(5, 12, { spread: 0.24, seed });
  const groups = averageLinkage(points, { threshold: 0.8 });
  const random = mulberry32(seed);
  const photos = Array.from({ length: points.count }, () => Math.floor(random() * 40));
  const [least, nearest, threshold] = [3, 2, 1];
  const members = (label: number): number[] => [...groups.keys()].filter((i) => groups[i] === label);
  const all = [...new Set(groups)].map(members);
  const offers = all
    .filter((small) => small.length < least)
    .flatMap((small) =>
      all
        .filter((large) => large.length >= least)
        .map((large) => {
          const each = small.map((i) => {
            const near = large.map((j) => euclidean(row(points, i), row(points, j))).sort((a, b) => a - b);
            return near.slice(0, nearest).reduce((sum, d) => sum + d, 0) / nearest;
          });
          return { small, large, distance: each.reduce((sum, d) => sum + d, 0) / each.length };
        }),
    )
    .filter(({ distance }) => distance <= threshold)
    .sort((a, b) => a.distance - b.distance);
  const placed = new Set<number[]>();
  const grown = new Map(all.map((group) => [group, [...group]]));
  for (const { small, large } of offers) {
    const there = grown.get(large)!;
    if (placed.has(small) || small.some((i) => there.some((j) => photos[i] === photos[j]))) continue;
    placed.add(small);
    there.push(...small);
  }
  expect(placed.size).toBeGreaterThan(0);
  const expected = [...grown]
    .filter(([group]) => !placed.has(group))
    .map(([, faces]) => faces.sort((a, b) => a - b).join(' '))
    .sort();
  expect(sets(absorbSmall(points, groups, { least, nearest, threshold, photos }))).toEqual(expected);
});

test('nobody is in one picture twice, and names stay as given, whatever the faces are like', () => {
  const { points } = madeUpFaces(2, 40, { spread: 0.05 });
  const random = mulberry32(9);
  const photos = Array.from({ length: points.count }, () => Math.floor(random() * 25));
  const people = Array.from({ length: points.count }, (_, i) => (i % 20 === 0 ? 0 : i % 20 === 2 ? 1 : -1));
  // Names given by the user may themselves contradict a picture: these do not.
  const settings = groupingSettings(points.count, () => 0.95);
  const labels = groupFaces(points, { ...settings, photos: photos.map((p, i) => (people[i]! >= 0 ? -1 : p)), people });
  const seen = new Set<string>();
  for (const [i, label] of labels.entries()) {
    if (people[i]! >= 0) continue;
    expect(seen.has(`${label} ${photos[i]}`)).toBe(false);
    seen.add(`${label} ${photos[i]}`);
  }
  const labelsOf = (person: number) => new Set([...labels].filter((_, i) => people[i] === person));
  expect(labelsOf(0).size).toBe(1);
  expect(labelsOf(1).size).toBe(1);
  expect(labelsOf(0)).not.toEqual(labelsOf(1));
});

test('a larger collection is held to smaller distances, within the bounds', () => {
  const thresholdAt = (far: number): number => 1.33 + 0.13 * Math.log10(far);
  const first = (count: number): number => groupingSettings(count, thresholdAt).levels[0]!.threshold;
  expect(first(0)).toBe(first(100));
  expect(first(2_000)).toBeLessThan(first(100));
  expect(first(10_000)).toBeLessThan(first(2_000));
  expect(first(10_000_000)).toBe(first(1_000_000));
});

test('made-up people are told apart almost without a fault', () => {
  const { points, truth } = madeUpFaces(30, 12, { spread: 0.08, size: 64 });
  const labels = groupFaces(
    points,
    groupingSettings(points.count, (far) => 1.33 + 0.13 * Math.log10(far)),
  );
  const { pairwise } = measureGrouping(labels, truth);
  expect(pairwise.f1).toBeGreaterThan(0.99);
});

test('the share that is done grows to four fifths while all faces are compared', () => {
  const { points } = madeUpFaces(10, 10, { spread: 0.1 });
  const shares: number[] = [];
  const levels = [0.5, 0.7].map((threshold) => ({ least: 1, threshold }));
  groupFaces(points, { levels, absorb: NEVER, onShare: (share) => shares.push(share) });
  // Rows in blocks of 32: after them 68, 36, 4 and 0 of 100 are left.
  expect(shares.map((share) => share / 0.8)).toEqual(
    [68, 36, 4, 0].map((left) => expect.closeTo(1 - (left / 100) ** 2, 12) as number),
  );
});
