import { describe, expect, test } from 'vitest';
import { averageLinkage } from '../../../src/cluster/averageLinkage';
import { packPoints, type Points } from '../../../src/cluster/points';
import { euclidean } from '../../../src/core/vectors';
import { mulberry32 } from '../../../src/core/random';
import { madeUpFaces, row, sets } from './faces';

/** The definition: join the two groups with the least mean squared distance of members, again and again. */
function byDefinition(points: Points, threshold: number, photos: number[] = [], people: number[] = []): number[] {
  const n = points.count;
  let groups: number[][] = [];
  for (let i = 0; i < n; i++) {
    const known = (people[i] ?? -1) >= 0 ? groups.find(([j]) => people[j!] === people[i]) : undefined;
    if (known) known.push(i);
    else groups.push([i]);
  }
  const forbidden = (a: number[], b: number[]): boolean =>
    a.some((i) =>
      b.some(
        (j) =>
          ((photos[i] ?? -1) >= 0 && photos[i] === photos[j]) ||
          ((people[i] ?? -1) >= 0 && (people[j] ?? -1) >= 0 && people[i] !== people[j]),
      ),
    );
  const distance = (a: number[], b: number[]): number => {
    let sum = 0;
    for (const i of a) for (const j of b) sum += euclidean(row(points, i), row(points, j)) ** 2;
    return Math.sqrt(sum / (a.length * b.length));
  };
  for (;;) {
    let best: { a: number[]; b: number[]; d: number } | null = null;
    for (const [at, a] of groups.entries())
      for (const b of groups.slice(at + 1)) {
        if (forbidden(a, b)) continue;
        const d = distance(a, b);
        if (d <= threshold && (!best || d < best.d)) best = { a, b, d };
      }
    if (!best) break;
    const { a, b } = best;
    groups = [...groups.filter((group) => group !== a && group !== b), [...a, ...b]];
  }
  const labels = new Array<number>(n);
  for (const [label, group] of groups.entries()) for (const i of group) labels[i] = label;
  return labels;
}

describe.each([1, 2, 3, 4])('seed %i', (seed) => {
  const { points } = madeUpFaces(6, 6, { spread: 0.2, seed });

  test.each([0, 0.3, 0.7, 0.9, 1.1, 2])('up to %d it joins what the definition joins', (threshold) => {
    expect(sets(averageLinkage(points, { threshold }))).toEqual(sets(byDefinition(points, threshold)));
  });

  test.each([0.7, 0.9, 1.1, 2])('up to %d with pictures and names it joins what the definition joins', (threshold) => {
    const random = mulberry32(seed + 100);
    const photos = Array.from({ length: points.count }, () => Math.floor(random() * 14));
    const people = Array.from({ length: points.count }, () => (random() < 0.25 ? Math.floor(random() * 4) : -1));
    const labels = averageLinkage(points, { threshold, photos, people });
    expect(sets(labels)).toEqual(sets(byDefinition(points, threshold, photos, people)));
  });
});

test('two faces of one picture are never one person, even when they are the same face', () => {
  const points = packPoints([
    [1, 0],
    [1, 0],
    [1, 0],
  ]);
  const labels = averageLinkage(points, { threshold: 1, photos: [0, 0, 1] });
  expect(labels[0]).not.toBe(labels[1]);
  expect(new Set(labels).size).toBe(2);
});

test('names given by the user are kept: apart however alike, together however unlike', () => {
  const points = packPoints([
    [1, 0],
    [1, 0],
    [-1, 0],
  ]);
  const labels = averageLinkage(points, { threshold: 1, people: [0, 1, 0] });
  expect(labels[0]).not.toBe(labels[1]);
  expect(labels[0]).toBe(labels[2]);
});

test('a new face joins the named group that it is near', () => {
  const { points, truth } = madeUpFaces(3, 5, { spread: 0.05 });
  const people = Array.from(truth, (person, i) => (i < 12 ? person : -1));
  expect(sets(averageLinkage(points, { threshold: 0.9, people }))).toEqual(sets(truth));
});

test('no faces give no groups, one face gives one', () => {
  expect([...averageLinkage(packPoints([]), { threshold: 1 })]).toEqual([]);
  expect([...averageLinkage(packPoints([[1, 0]]), { threshold: 1 })]).toEqual([0]);
});
