import { expect, test } from 'vitest';
import { evenDistance, groupsFor, rateAt } from '../../../../src/evaluate/cohort/evenness';

/** `count` pairs at distances evenly spread up to `end`. */
const group = (name: string, count: number, end: number) => ({
  group: name,
  distances: Float64Array.from({ length: count }, (_, i) => (end * (i + 1)) / count),
});

test('a rate is the share of pairs nearer than the distance', () => {
  const pairs = { group: 'a', distances: Float64Array.of(1, 2, 2, 3) };
  expect([0, 1, 1.5, 2, 2.5, 9].map((distance) => rateAt(pairs, distance))).toEqual([0, 0, 0.25, 0.25, 0.75, 1]);
});

test('a group counts for a rate of which its pairs show ten false accepts', () => {
  const [few, many] = [group('few', 99, 1), group('many', 100, 1)];
  expect(groupsFor([few, many], 0.1)).toEqual([many]);
});

test('the distance brings the geometric mean of the rates to the one asked for', () => {
  // Rates at distance d: d and d / 4, whose geometric mean is d / 2 and whose logarithms are log 2 from their mean.
  const groups = [group('near', 10_000, 1), group('far', 10_000, 4)];
  const even = evenDistance(groups, 0.1, 1)!;
  expect(even.distance).toBeCloseTo(0.2, 3);
  expect(even.spread).toBeCloseTo(Math.log(2), 2);
  expect(evenDistance(groups, 0.1, 2)!.distance).toBeCloseTo(0.4, 3);
});

test('one group with enough pairs is not enough', () => {
  expect(evenDistance([group('a', 1000, 1), group('b', 10, 1)], 0.1, 1)).toBeNull();
});
