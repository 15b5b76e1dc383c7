import { describe, expect, test } from 'vitest';
import { createCohort, scaleOf } from '../../../../src/core/cohort';
import { FaceError } from '../../../../src/core/errors';
import { calibrateCohort, type CohortFaces } from '../../../../src/evaluate/cohort/calibrate';
import { clusterCentres, LEAST_PEOPLE } from '../../../../src/evaluate/cohort/centres';
import { evenDistance, rateAt, type GroupPairs } from '../../../../src/evaluate/cohort/evenness';
import { drawnGroups } from '../../../fixtures/drawnGroups';

const GROUPS = [
  { group: 'spread', spread: 1, people: 240 },
  { group: 'middling', spread: 0.6, people: 240 },
  { group: 'dense', spread: 0.35, people: 240 },
];
const { table, groups } = drawnGroups(GROUPS, 32, 5);
const faces: CohortFaces = { table, groups, isTwice: () => false };

describe('centres of a cohort', () => {
  const centres = clusterCentres(table, 1);
  const count = centres.length / table.columns;

  test('each stands for eight faces or more, and none is anybody’s', () => {
    expect(count).toBeGreaterThan(table.rows / (2 * LEAST_PEOPLE));
    expect(count).toBeLessThanOrEqual(table.rows / LEAST_PEOPLE);
    for (let centre = 0; centre < count; centre++) {
      const row = centres.subarray(centre * table.columns, (centre + 1) * table.columns);
      expect(Math.hypot(...row)).toBeCloseTo(1, 5);
      for (let face = 0; face < table.rows; face++) {
        let cosine = 0;
        for (let k = 0; k < table.columns; k++) cosine += row[k]! * table.data[face * table.columns + k]!;
        expect(cosine).toBeLessThan(0.999);
      }
    }
  });

  test('are the same for the same seed', () => {
    expect(clusterCentres(table, 1)).toEqual(centres);
  });
});

describe('how evenly false accepts fall', () => {
  const pairs = (group: string, ...distances: number[]): GroupPairs => ({
    group,
    distances: Float64Array.from(distances),
  });

  test('a group’s rate is the share of its pairs that are nearer', () => {
    expect(rateAt(pairs('a', 0.1, 0.2, 0.3, 0.4), 0.3)).toBe(0.5);
    expect(rateAt(pairs('a', 0.1), 0.05)).toBe(0);
  });

  test('the distance is that at which the groups’ rates have the wanted geometric mean', () => {
    const line = (group: string, most: number) =>
      pairs(group, ...Array.from({ length: 2000 }, (_, i) => (most * (i + 1)) / 2000));
    const even = evenDistance([line('a', 1), line('b', 4)], 0.01, 1)!;
    // a: distance, b: distance / 4
    expect(even.distance).toBeCloseTo(0.02, 2);
    expect(even.spread).toBeCloseTo(Math.log(2), 1);
    expect(evenDistance([line('a', 1)], 0.01, 1), 'one group').toBeNull();
    expect(evenDistance([line('a', 1), line('b', 4)], 0.001, 1), 'too few pairs').toBeNull();
  });
});

test('a calibration makes the rates of a dense and a spread kind of faces nearly the same, where plain ones are far apart', () => {
  const { form, centres, points } = calibrateCohort(faces, 1);
  const cohort = createCohort({ id: 'c', ...form }, table.columns, centres);
  // Evaluated on other people of the same kinds.
  const others = drawnGroups(GROUPS, 32, 99);
  const ratesAt = (distance: number, normalised: boolean): number[] =>
    GROUPS.map(({ group }) => {
      const rows = others.groups.flatMap((label, row) => (label === group ? [row] : []));
      const vectors = rows.map((row) => others.table.data.subarray(row * 32, (row + 1) * 32));
      const scales = vectors.map((vector) => (normalised ? scaleOf(cohort, { vector }) : 1));
      let [near, all] = [0, 0];
      for (const [i, a] of vectors.entries())
        for (let j = 0; j < i; j++) {
          const plain = Math.hypot(...a.map((value, k) => value - vectors[j]![k]!));
          if (plain * scales[i]! * scales[j]! < distance) near++;
          all++;
        }
      return near / all;
    });
  const { distance } = points.find(({ far }) => far === 0.01)!;
  const rates = ratesAt(distance, true);
  expect(Math.max(...rates) / Math.min(...rates)).toBeLessThan(5);
  for (const rate of rates) {
    expect(rate).toBeGreaterThan(0.005);
    expect(rate).toBeLessThan(0.03);
  }
  const plain = ratesAt(0.75, false);
  expect(Math.max(...plain) / Math.max(1e-4, Math.min(...plain))).toBeGreaterThan(20);
  expect(points.map(({ distance: each }) => each)).toEqual(
    points.map(({ distance: each }) => each).sort((a, b) => a - b),
  );
});

test('too few people are refused', () => {
  const few = drawnGroups([{ group: 'a', spread: 1, people: 120 }], 32, 1);
  expect(() => calibrateCohort({ table: few.table, groups: few.groups, isTwice: () => false }, 1)).toThrow(FaceError);
});
