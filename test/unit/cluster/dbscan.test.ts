import { expect, test } from 'vitest';
import { dbscan } from '../../../src/cluster/dbscan';
import { packPoints } from '../../../src/cluster/points';
import { euclidean } from '../../../src/core/vectors';
import { madeUpFaces, row, sets } from './faces';

/** By definition: cores that reach one another over cores, found by repeated union; then which cores a border face is near. */
function byDefinition(points: Parameters<typeof dbscan>[0], eps: number, minSamples: number) {
  const n = points.count;
  const all = Array.from({ length: n }, (_, i) => i);
  const near = all.map((i) => all.filter((j) => euclidean(row(points, i), row(points, j)) <= eps));
  const core = near.map((list) => list.length >= minSamples);
  const label = all.map((i) => (core[i] ? i : -1));
  for (let changed = true; changed;) {
    changed = false;
    for (const i of all)
      for (const j of near[i]!)
        if (core[i] && core[j] && label[j]! < label[i]!) {
          label[i] = label[j]!;
          changed = true;
        }
  }
  return { label, core, near };
}

test.each([
  [0.5, 1],
  [0.7, 3],
  [0.8, 5],
  [1.2, 4],
])('eps %d and %i neighbours group as the definition says', (eps, minSamples) => {
  const { points } = madeUpFaces(8, 9, { spread: 0.16 });
  const labels = dbscan(points, { eps, minSamples });
  const { label, core, near } = byDefinition(points, eps, minSamples);
  const cores = (values: ArrayLike<number>) => sets(Array.from(values, (value, i) => (core[i] ? value : -1)));
  expect(cores(labels)).toEqual(cores(label));
  for (let i = 0; i < points.count; i++) {
    if (core[i]) continue;
    const groups = near[i]!.filter((j) => core[j]).map((j) => labels[j]);
    if (groups.length === 0) expect(labels[i]).toBe(-1);
    else expect(groups).toContain(labels[i]);
  }
});

test('a chain of faces is one group, one that is far from all is none', () => {
  const points = packPoints([[0], [1], [2], [3], [10]]);
  expect([...dbscan(points, { eps: 1, minSamples: 2 })]).toEqual([0, 0, 0, 0, -1]);
});
