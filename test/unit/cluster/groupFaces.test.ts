import { expect, test } from 'vitest';
import { groupFaces } from '../../../src/cluster/groupFaces';
import { measureGrouping } from '../../bench/measureGrouping';
import { packPoints, type Points } from '../../../src/cluster/points';
import { mulberry32 } from '../../../src/core/random';
import { madeUpFaces, plainFaces, RATES, row, sets } from './faces';

test('nobody is in one picture twice, and names stay as given, whatever the faces are like', () => {
  const { points } = madeUpFaces(2, 40, { spread: 0.1 }); // .57 from each other: no copies
  const random = mulberry32(9);
  const photos = Array.from({ length: points.count }, () => Math.floor(random() * 25));
  const people = Array.from({ length: points.count }, (_, i) => (i % 20 === 0 ? 0 : i % 20 === 2 ? 1 : -1));
  // Names given by the user may themselves contradict a picture: these do not.
  const known = { photos: photos.map((p, i) => (people[i]! >= 0 ? -1 : p)), people };
  const labels = groupFaces(plainFaces(points), { rates: RATES, ...known });
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

test('made-up people are separated almost perfectly, the same each time', () => {
  const { points, truth } = madeUpFaces(30, 60, { spread: 0.08, size: 64 });
  const labels = groupFaces(plainFaces(points), { rates: RATES });
  expect(measureGrouping(labels, truth).pairwise.f1).toBeGreaterThan(0.99);
  expect(groupFaces(plainFaces(points), { rates: RATES })).toEqual(labels);
});

test('faces of a dense kind need a smaller distance by their scales', () => {
  // Strangers who all lie .8 to 1 from each other.
  const { points } = madeUpFaces(1, 40, { spread: 0.09, size: 64 });
  const alike = groupFaces(plainFaces(points), { rates: RATES });
  expect(sets(alike).length).toBeLessThan(10);
  const scales = new Float64Array(points.count).fill(1.4);
  expect(sets(groupFaces({ ...points, scales }, { rates: RATES })).length).toBe(40);
});

/** The points in this order. */
function inOrder(points: Points, order: readonly number[]): Points {
  return packPoints(order.map((i) => row(points, i)));
}

test('new faces join the groups that there were, which stay as they were', () => {
  const { points, truth } = madeUpFaces(30, 12, { spread: 0.08, size: 64 });
  // The first ten people's last faces are new, and everybody of the last person.
  const isNew = (i: number): boolean => truth[i] === 29 || (truth[i]! < 10 && i >= 300);
  const order = [...truth.keys()].sort((a, b) => Number(isNew(a)) - Number(isNew(b)) || a - b);
  const from = order.findIndex(isNew);
  const faces = plainFaces(inOrder(points, order));
  const before = groupFaces(plainFaces(inOrder(points, order.slice(0, from))), { rates: RATES });
  const groups = [...before, ...order.slice(from).map(() => -1)];
  const labels = groupFaces(faces, { rates: RATES, groups, from });
  expect(labels.slice(0, from)).toEqual(before);
  expect(labels).toEqual(groupFaces(faces, { rates: RATES }));
  // Groups given wrongly stay wrong: nothing old is compared.
  const wrong = groups.map((group) => (group === 1 ? 0 : group));
  const kept = groupFaces(faces, { rates: RATES, groups: wrong, from });
  expect(kept[order.indexOf(0)]).toBe(kept[order.indexOf(1)]);
});

test('the share that is done grows to nine tenths while faces are compared', () => {
  const { points } = madeUpFaces(25, 20, { spread: 0.1, size: 512 });
  const shares: number[] = [];
  groupFaces(plainFaces(points), { rates: RATES, onShare: (share) => shares.push(share) });
  // Rows in blocks of 128, compared with those before.
  expect(shares.map((share) => share / 0.9)).toEqual(
    [128, 256, 384, 500].map((rows) => expect.closeTo((rows / 500) ** 2, 12) as number),
  );
});
