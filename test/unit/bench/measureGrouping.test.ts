import { expect, test } from 'vitest';
import { measureGrouping } from '../../bench/measureGrouping';
import { mulberry32 } from '../../../src/core/random';

/** Straight from the definitions, pair by pair and face by face. */
function byDefinition(labels: number[], truth: number[]) {
  const n = labels.length;
  const all = Array.from({ length: n }, (_, i) => i);
  const together = (i: number, j: number) => i === j || (labels[i]! >= 0 && labels[i] === labels[j]);
  let [both, grouped, same] = [0, 0, 0];
  for (const i of all)
    for (const j of all.slice(i + 1)) {
      if (together(i, j)) grouped++;
      if (truth[i] === truth[j]) same++;
      if (together(i, j) && truth[i] === truth[j]) both++;
    }
  let [precision, recall] = [0, 0];
  for (const i of all) {
    const group = all.filter((j) => together(i, j));
    const person = all.filter((j) => truth[i] === truth[j]);
    const right = group.filter((j) => truth[i] === truth[j]).length;
    precision += right / group.length / n;
    recall += right / person.length / n;
  }
  return { pairwise: [both / grouped, both / same], bCubed: [precision, recall] };
}

test.each([1, 2, 3])('seed %i: both measures are what their definitions give', (seed) => {
  const random = mulberry32(seed);
  const truth = Array.from({ length: 40 }, () => Math.floor(random() * 6));
  const labels = truth.map((person) => (random() < 0.15 ? -1 : random() < 0.8 ? person : Math.floor(random() * 6)));
  const { pairwise, bCubed, people } = measureGrouping(labels, truth);
  const expected = byDefinition(labels, truth);
  expect(pairwise.precision).toBeCloseTo(expected.pairwise[0]!, 12);
  expect(pairwise.recall).toBeCloseTo(expected.pairwise[1]!, 12);
  expect(bCubed.precision).toBeCloseTo(expected.bCubed[0]!, 12);
  expect(bCubed.recall).toBeCloseTo(expected.bCubed[1]!, 12);
  expect(bCubed.f1).toBeCloseTo(2 / (1 / expected.bCubed[0]! + 1 / expected.bCubed[1]!), 12);
  expect(people).toBe(new Set(truth).size);
});

test('a perfect grouping scores 1, and faces without a group count as groups of their own', () => {
  expect(measureGrouping([4, 4, 7], [0, 0, 1])).toMatchObject({ pairwise: { f1: 1 }, bCubed: { f1: 1 }, groups: 2 });
  expect(measureGrouping([-1, -1, -1], [0, 0, 1]).groups).toBe(3);
});
