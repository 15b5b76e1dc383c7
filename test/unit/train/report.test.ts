import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import { assertJudgeable, modelReport, type LabelledRows } from '../../../src/train/report';

const COLUMNS = 5;

/** `each` rows of each of `people` labels from `first` on: noise round a point of the person's own, of length 1. */
function table(people: number, each: number, spread: number, seed: number, first = 0): LabelledRows {
  const random = mulberry32(seed);
  const centres = Array.from({ length: people }, () => Array.from({ length: COLUMNS }, () => random() - 0.5));
  const rows = centres.flatMap((centre) =>
    Array.from({ length: each }, () => {
      const row = centre.map((value) => value + spread * (random() - 0.5));
      const length = Math.hypot(...row);
      return row.map((value) => value / length);
    }),
  );
  const labels = Int32Array.from(rows, (_, i) => first + Math.floor(i / each));
  return { rows: rows.length, columns: COLUMNS, data: Float32Array.from(rows.flat()), labels };
}
const EMPTY: LabelledRows = { rows: 0, columns: COLUMNS, data: new Float32Array(0), labels: new Int32Array(0) };
const rowOf = ({ data }: LabelledRows, i: number) => [...data.subarray(i * COLUMNS, (i + 1) * COLUMNS)];
const distance = (a: LabelledRows, i: number, b: LabelledRows, j: number) =>
  Math.hypot(...rowOf(a, i).map((value, c) => value - rowOf(b, j)[c]!));

/** Every pair of a table's rows, written out. */
function pairs(of: LabelledRows, same: boolean): number[] {
  const found: number[] = [];
  for (let i = 0; i < of.rows; i++)
    for (let j = 0; j < i; j++) if ((of.labels[i] === of.labels[j]) === same) found.push(distance(of, i, of, j));
  return found.sort((a, b) => a - b);
}
const share = (values: readonly number[], below: number) =>
  values.filter((value) => value < below).length / values.length;

const gallery = table(6, 4, 0.3, 1);
const held: LabelledRows = (() => {
  // The same people: their first rows, moved a little.
  const random = mulberry32(9);
  const data = gallery.data.map((value) => value + 0.2 * (random() - 0.5));
  return { ...gallery, data };
})();
const outsiders = table(20, 2, 0.3, 3, 100);

describe('a model’s report, beside every pair and picture counted one by one', () => {
  it.each([0.01, 0.05, 0.3])('at a false-accept rate of %d', (far) => {
    const report = modelReport({ gallery, held, outsiders, far });
    const impostors = pairs(outsiders, false);
    expect(report).toMatchObject({ far, namedBy: 'nearest', impostors: 'outsiders', impostorPairs: impostors.length });
    // The threshold's own place in the list: as many pairs are nearer as the rate says, bins of 1e-4 allowed for.
    expect(share(impostors, report.threshold - 1e-4)).toBeLessThanOrEqual(far);
    expect(share(impostors, report.threshold + 1e-4)).toBeGreaterThanOrEqual(far - 1 / impostors.length);
    const genuine = pairs(held, true);
    expect(report.val).toBeGreaterThanOrEqual(share(genuine, report.threshold - 1e-4));
    expect(report.val).toBeLessThanOrEqual(share(genuine, report.threshold + 1e-4));

    const nearestOf = (of: LabelledRows, i: number) =>
      [...gallery.labels.keys()]
        .map((j) => ({ label: gallery.labels[j], d: distance(of, i, gallery, j) }))
        .sort((a, b) => a.d - b.d)[0]!;
    const ofOutsiders = pairs(outsiders, true);
    expect(report.outsidersVal).toBeGreaterThanOrEqual(share(ofOutsiders, report.threshold - 1e-4));
    expect(report.outsidersVal).toBeLessThanOrEqual(share(ofOutsiders, report.threshold + 1e-4));
    const right = [...held.labels.keys()].filter((i) => nearestOf(held, i).label === held.labels[i]);
    expect(report.accuracy).toBe(right.length / held.rows);
    const accepted = [...outsiders.labels.keys()].filter((i) => nearestOf(outsiders, i).d < report.threshold);
    expect(report.outsidersAccepted).toBe(accepted.length / outsiders.rows);
  });
});

it('with scales, distances are normalised, one by one; the plain threshold is beside them', () => {
  const random = mulberry32(5);
  const scaled = (of: LabelledRows): LabelledRows => ({
    ...of,
    scales: Float64Array.from({ length: of.rows }, () => 0.7 + random()),
  });
  const [g, h, o] = [gallery, held, outsiders].map(scaled) as [LabelledRows, LabelledRows, LabelledRows];
  const even = (a: LabelledRows, i: number, b: LabelledRows, j: number) =>
    distance(a, i, b, j) * a.scales![i]! * b.scales![j]!;
  const report = modelReport({ gallery: g, held: h, outsiders: o, far: 0.05 });
  const impostors: number[] = [];
  for (let i = 0; i < o.rows; i++)
    for (let j = 0; j < i; j++) if (o.labels[i] !== o.labels[j]) impostors.push(even(o, i, o, j));
  expect(share(impostors, report.threshold - 1e-4)).toBeLessThanOrEqual(0.05);
  expect(share(impostors, report.threshold + 1e-4)).toBeGreaterThanOrEqual(0.05 - 1 / impostors.length);
  expect(report.plainThreshold).toBe(modelReport({ gallery, held, outsiders, far: 0.05 }).threshold);
  const accepted = [...o.labels.keys()].filter((i) =>
    [...g.labels.keys()].some((j) => even(o, i, g, j) < report.threshold),
  );
  expect(report.outsidersAccepted).toBe(accepted.length / o.rows);
});

it('held-out pictures of people who were not trained count for pairs, not for accuracy', () => {
  const strangers = table(5, 3, 0.3, 7, 50);
  const report = modelReport({ gallery, held: strangers, outsiders, far: 0.1 });
  expect(report.accuracy).toBeNull();
  expect(report.val).toBeGreaterThan(0);
});

it('a trained head’s names take the place of the nearest picture’s', () => {
  const named = held.labels.map((label, i) => (i % 3 === 0 ? label : label + 1));
  const report = modelReport({ gallery, held, outsiders, far: 0.1, named });
  expect(report).toMatchObject({ namedBy: 'head', accuracy: 8 / 24 });
});

it('without outsiders the held-out people’s pairs give the threshold, and nobody can be let in', () => {
  const report = modelReport({ gallery, held, outsiders: EMPTY, far: 0.1 });
  expect(report).toMatchObject({ impostors: 'held', outsidersAccepted: null, outsidersVal: null });
  expect(Math.abs(share(pairs(held, false), report.threshold) - 0.1)).toBeLessThan(0.01);
});

it('a wider net lets in more: threshold, VAL and accepted outsiders rise with the rate', () => {
  const reports = [0.01, 0.1, 0.5, 1].map((far) => modelReport({ gallery, held, outsiders, far }));
  for (const key of ['threshold', 'val', 'outsidersAccepted'] as const)
    reports.slice(1).forEach((report, i) => expect(report[key]).toBeGreaterThanOrEqual(reports[i]![key]!));
});

it('nobody to tell apart: evaluate/too-few', () => {
  const one = table(1, 3, 0.3, 4);
  expect(() => modelReport({ gallery, held: one, outsiders: EMPTY, far: 0.1 })).toThrow(
    expect.objectContaining({ code: 'evaluate/too-few' }),
  );
});

it('that nobody can be told apart is known beforehand, from the labels', () => {
  const tooFew = expect.objectContaining({ code: 'evaluate/too-few' });
  for (const [held, outsiders] of [
    [[], []],
    [[3, 3], [0]],
  ] as const)
    expect(() => assertJudgeable(held, outsiders)).toThrow(tooFew);
  expect(() => assertJudgeable([3, 4], [])).not.toThrow();
  expect(() => assertJudgeable([], [0, 1])).not.toThrow();
});
