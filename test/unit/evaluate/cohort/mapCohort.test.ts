import { describe, expect, it } from 'vitest';
import { createCohort } from '../../../../src/core/cohort';
import { mulberry32 } from '../../../../src/core/random';
import { fitMap, mapRows } from '../../../../src/evaluate/cohort/linearMap';
import { mapCohort, type MovedFaces, type RunFaces } from '../../../../src/evaluate/cohort/mapCohort';

const COLUMNS = 8;
type Rows = readonly (readonly number[])[];
const unit = (row: readonly number[]) => row.map((value) => value / Math.hypot(...row));
const packed = (rows: Rows) => ({ rows: rows.length, columns: COLUMNS, data: Float32Array.from(rows.flat()) });

/** Sum of twelve: about normal. */
function noise(random: () => number): number[] {
  return Array.from({ length: COLUMNS }, () => Array.from({ length: 12 }, random).reduce((a, b) => a + b) - 6);
}

/** What a network's learning does here: a linear map, rows then of length 1. */
const MATRIX = (() => {
  const random = mulberry32(4);
  return Array.from({ length: COLUMNS }, (_, i) => noise(random).map((value, k) => 0.3 * value + (i === k ? 1 : 0)));
})();
const trained = (row: readonly number[]) =>
  unit(Array.from({ length: COLUMNS }, (_, k) => row.reduce((sum, value, i) => sum + value * MATRIX[i]![k]!, 0)));

function people(count: number, each: number, seed: number, move: (row: number[]) => number[]): MovedFaces {
  const random = mulberry32(seed);
  const rows = Array.from({ length: count }, () => noise(random)).flatMap((own) =>
    Array.from({ length: each }, () => unit(noise(random).map((value, k) => own[k]! + 0.4 * value))),
  );
  const labels = rows.map((_, row) => Math.floor(row / each));
  return { before: packed(rows), after: packed(rows.map(move)), labels };
}
const run = (move: (row: number[]) => number[]): RunFaces => ({
  train: people(20, 6, 1, move),
  heldOut: people(20, 3, 2, move),
  impostors: people(60, 3, 3, move),
});
const CENTRES = (() => {
  const random = mulberry32(9);
  return Array.from({ length: 40 }, () => unit(noise(random)));
})();
const FORM = { nearest: 5, power: 0.4, reference: 0.3 };
const COHORT = createCohort({ ...FORM, id: 'old' }, COLUMNS, Float32Array.from(CENTRES.flat()));
const CALIBRATION = [
  { far: 1e-5, distance: 0.02, impostors: 1e6 },
  { far: 1e-3, distance: 0.4, impostors: 1e6 },
  { far: 1e-2, distance: 0.6, impostors: 1e6 },
  { far: 1e-1, distance: 0.9, impostors: 1e6 },
];
const BEFORE = { cohort: COHORT, calibration: CALIBRATION, estimatedBelow: 0 };

describe('a map of embeddings', () => {
  it('is the linear one by which they moved, also for rows that it was not fitted to', () => {
    const random = mulberry32(7);
    const before = Array.from({ length: 200 }, () => noise(random));
    const after = before.map((row) =>
      Array.from({ length: COLUMNS }, (_, k) => row.reduce((sum, value, i) => sum + value * MATRIX[i]![k]!, 0)),
    );
    const map = fitMap(packed(before), packed(after), 1e-9);
    for (let i = 0; i < COLUMNS; i++)
      for (let k = 0; k < COLUMNS; k++)
        expect(map.change[i * COLUMNS + k]! + (i === k ? 1 : 0)).toBeCloseTo(MATRIX[i]![k]!, 5);
    const other = noise(random);
    const mapped = [...mapRows(map, Float32Array.from(other))];
    trained(other).forEach((value, k) => expect(mapped[k]).toBeCloseTo(value, 5));
  });

  it('leaves directions alone in which no row differs', () => {
    const flat = Array.from({ length: 20 }, (_, i) => [i - 10, 1, ...Array.from({ length: COLUMNS - 2 }, () => 0)]);
    const map = fitMap(packed(flat), packed(flat.map(([a, b, ...rest]) => [a!, b! + a! / 2, ...rest])), 1e-9);
    const untouched = Array.from({ length: COLUMNS }, (_, k) => (k === 5 ? 1 : 0));
    expect([...mapRows(map, Float32Array.from(untouched))]).toEqual(untouched);
  });
});

describe('the cohort of a network that was trained', () => {
  it('moves with its embeddings, and its table keeps to the run’s pairs of two people', () => {
    const { agreement, checked, mapped } = mapCohort(BEFORE, run(trained));
    expect(agreement).toBeGreaterThan(0.97);
    expect(checked, 'the held-out faces and every second impostor').toBe(60 + 90);
    for (const [row, centre] of CENTRES.entries()) {
      const moved = mapped!.centres.subarray(row * COLUMNS, (row + 1) * COLUMNS);
      const cosine = trained(centre).reduce((sum, value, k) => sum + value * moved[k]!, 0);
      expect(cosine).toBeGreaterThan(0.9);
    }
    expect(mapped!.form).toMatchObject({ nearest: 5, power: 0.4 * 1.25 });
    const again = mapCohort({ ...BEFORE, estimatedBelow: 1e-4 }, run(trained)).mapped!;
    expect(again.form.power, 'one that was moved before has the higher power already').toBe(0.4);
    expect(mapped!.estimatedBelow, 'the rarest rate that the pairs show').toBe(1e-3);
    expect(mapped!.calibration.map(({ far }) => far)).toEqual([1e-5, 1e-3, 1e-2, 1e-1]);
    const [rare, first, ...others] = mapped!.calibration;
    expect(rare!.impostors, 'estimated').toBe(0);
    expect(first!.impostors).toBeGreaterThan(10_000);
    expect(rare!.distance / 0.02).toBeCloseTo(first!.distance / 0.4, 6);
    [first!, ...others].reduce((before, point) => (expect(point.distance).toBeGreaterThan(before.distance), point));
  });

  it('stays where it was, with about its table, where nothing has moved', () => {
    const { agreement, mapped } = mapCohort(
      BEFORE,
      run((row) => row),
    );
    expect(agreement).toBeCloseTo(1, 6);
    mapped!.centres.forEach((value, i) => expect(value).toBeCloseTo(COHORT.centres[i]!, 5));
    expect(mapped!.form.reference).toBeCloseTo(FORM.reference, 5);
    for (const [i, { distance }] of mapped!.calibration.entries())
      expect(Math.abs(distance / CALIBRATION[i]!.distance - 1)).toBeLessThan(0.15);
  });

  it('is none where faces have gone to places that no map tells: plain distances decide', () => {
    const random = mulberry32(11);
    const { agreement, mapped } = mapCohort(
      BEFORE,
      run(() => unit(noise(random))),
    );
    expect(agreement).toBeLessThan(0.5);
    expect(mapped).toBeNull();
  });

  it('without impostors the held-out people’s pairs are used; with hardly any pairs the whole table is estimated', () => {
    const faces = run(trained);
    const nobody: MovedFaces = { before: packed([]), after: packed([]), labels: [] };
    const without = mapCohort(BEFORE, { ...faces, impostors: nobody });
    expect(without.checked).toBe(60);
    expect(without.mapped!.calibration.at(-1)!.impostors).toBe((20 * 19 * 9) / 2);
    const few = mapCohort(BEFORE, { ...faces, heldOut: people(2, 1, 2, trained), impostors: nobody });
    expect(few.mapped).toMatchObject({ calibration: CALIBRATION, estimatedBelow: 1 });
  });
});
