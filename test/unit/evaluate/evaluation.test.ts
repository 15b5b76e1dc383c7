import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import { assertEvaluable, evaluateModel, type LabelledRows } from '../../../src/evaluate/evaluation';

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
const heldOut: LabelledRows = (() => {
  // The same people: their first rows, moved a little.
  const random = mulberry32(9);
  const data = gallery.data.map((value) => value + 0.2 * (random() - 0.5));
  return { ...gallery, data };
})();
const impostors = table(20, 2, 0.3, 3, 100);

describe('a model’s report, beside every pair and picture counted one by one', () => {
  it.each([0.01, 0.05, 0.3])('at a false-accept rate of %d', (far) => {
    const report = evaluateModel({ gallery, heldOut, impostors, far });
    const strangers = pairs(impostors, false);
    expect(report).toMatchObject({
      far,
      namedBy: 'nearest',
      thresholdFrom: 'impostors',
      impostorPairs: strangers.length,
    });
    // The threshold's own place in the list: as many pairs are nearer as the rate says, bins of 1e-4 allowed for.
    expect(share(strangers, report.threshold - 1e-4)).toBeLessThanOrEqual(far);
    expect(share(strangers, report.threshold + 1e-4)).toBeGreaterThanOrEqual(far - 1 / strangers.length);
    const genuine = pairs(heldOut, true);
    expect(report.val).toBeGreaterThanOrEqual(share(genuine, report.threshold - 1e-4));
    expect(report.val).toBeLessThanOrEqual(share(genuine, report.threshold + 1e-4));

    const nearestOf = (of: LabelledRows, i: number) =>
      [...gallery.labels.keys()]
        .map((j) => ({ label: gallery.labels[j], d: distance(of, i, gallery, j) }))
        .sort((a, b) => a.d - b.d)[0]!;
    const ofImpostors = pairs(impostors, true);
    expect(report.impostorsVal).toBeGreaterThanOrEqual(share(ofImpostors, report.threshold - 1e-4));
    expect(report.impostorsVal).toBeLessThanOrEqual(share(ofImpostors, report.threshold + 1e-4));
    const right = [...heldOut.labels.keys()].filter((i) => nearestOf(heldOut, i).label === heldOut.labels[i]);
    expect(report.accuracy).toBe(right.length / heldOut.rows);
    const accepted = [...impostors.labels.keys()].filter((i) => nearestOf(impostors, i).d < report.threshold);
    expect(report.impostorsAccepted).toBe(accepted.length / impostors.rows);
  });
});

it('with scales, distances are normalised, one by one; the plain threshold is beside them', () => {
  const random = mulberry32(5);
  const scaled = (of: LabelledRows): LabelledRows => ({
    ...of,
    scales: Float64Array.from({ length: of.rows }, () => 0.7 + random()),
  });
  const [g, h, o] = [gallery, heldOut, impostors].map(scaled) as [LabelledRows, LabelledRows, LabelledRows];
  const even = (a: LabelledRows, i: number, b: LabelledRows, j: number) =>
    distance(a, i, b, j) * a.scales![i]! * b.scales![j]!;
  const report = evaluateModel({ gallery: g, heldOut: h, impostors: o, far: 0.05 });
  const strangers: number[] = [];
  for (let i = 0; i < o.rows; i++)
    for (let j = 0; j < i; j++) if (o.labels[i] !== o.labels[j]) strangers.push(even(o, i, o, j));
  expect(share(strangers, report.threshold - 1e-4)).toBeLessThanOrEqual(0.05);
  expect(share(strangers, report.threshold + 1e-4)).toBeGreaterThanOrEqual(0.05 - 1 / strangers.length);
  expect(report.plainThreshold).toBe(evaluateModel({ gallery, heldOut, impostors, far: 0.05 }).threshold);
  const accepted = [...o.labels.keys()].filter((i) =>
    [...g.labels.keys()].some((j) => even(o, i, g, j) < report.threshold),
  );
  expect(report.impostorsAccepted).toBe(accepted.length / o.rows);
});

it('held-out pictures of people who were not trained count for pairs, not for accuracy', () => {
  const strangers = table(5, 3, 0.3, 7, 50);
  const report = evaluateModel({ gallery, heldOut: strangers, impostors, far: 0.1 });
  expect(report.accuracy).toBeNull();
  expect(report.val).toBeGreaterThan(0);
});

it('a trained head’s names take the place of the nearest picture’s', () => {
  const named = heldOut.labels.map((label, i) => (i % 3 === 0 ? label : label + 1));
  const report = evaluateModel({ gallery, heldOut, impostors, far: 0.1, named });
  expect(report).toMatchObject({ namedBy: 'head', accuracy: 8 / 24 });
});

it('without impostors the held-out people’s pairs give the threshold, and no impostor is accepted', () => {
  const report = evaluateModel({ gallery, heldOut, impostors: EMPTY, far: 0.1 });
  expect(report).toMatchObject({ thresholdFrom: 'heldOut', impostorsAccepted: null, impostorsVal: null });
  expect(Math.abs(share(pairs(heldOut, false), report.threshold) - 0.1)).toBeLessThan(0.01);
});

it('a wider net lets in more: threshold, VAL and accepted impostors rise with the rate', () => {
  const reports = [0.01, 0.1, 0.5, 1].map((far) => evaluateModel({ gallery, heldOut, impostors, far }));
  for (const key of ['threshold', 'val', 'impostorsAccepted'] as const)
    reports.slice(1).forEach((report, i) => expect(report[key]).toBeGreaterThanOrEqual(reports[i]![key]!));
});

it('fewer than two people: evaluate/too-few', () => {
  const one = table(1, 3, 0.3, 4);
  expect(() => evaluateModel({ gallery, heldOut: one, impostors: EMPTY, far: 0.1 })).toThrow(
    expect.objectContaining({ code: 'evaluate/too-few' }),
  );
});

it('that nobody can be distinguished is known beforehand, from the labels', () => {
  const tooFew = expect.objectContaining({ code: 'evaluate/too-few' });
  for (const [heldOut, impostors] of [
    [[], []],
    [[3, 3], [0]],
  ] as const)
    expect(() => assertEvaluable(heldOut, impostors)).toThrow(tooFew);
  expect(() => assertEvaluable([3, 4], [])).not.toThrow();
  expect(() => assertEvaluable([], [0, 1])).not.toThrow();
});
