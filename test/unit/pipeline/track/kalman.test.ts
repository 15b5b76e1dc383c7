import { expect, test } from 'vitest';
import { mulberry32 } from '../../../../src/core/random';
import type { Box } from '../../../../src/core/types';
import { boxOf, correct, predict, startState, type BoxState } from '../../../../src/pipeline/track/kalman';

type Matrix = number[][];
const zeros = (rows: number, columns: number): Matrix =>
  Array.from({ length: rows }, () => Array<number>(columns).fill(0));
const diagonal = (values: readonly number[]): Matrix => values.map((v, i) => values.map((_, j) => (i === j ? v : 0)));
const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, c) => row.reduce((sum, v, k) => sum + v * b[k]![c]!, 0)));
const plus = (a: Matrix, b: Matrix, sign = 1): Matrix => a.map((row, i) => row.map((v, j) => v + sign * b[i]![j]!));
const turned = (a: Matrix): Matrix => a[0]!.map((_, c) => a.map((row) => row[c]!));

/** Gauss–Jordan with pivots. */
function inverse(a: Matrix): Matrix {
  const n = a.length;
  const work = a.map((row, i) => [...row, ...diagonal(Array<number>(n).fill(1))[i]!]);
  for (let c = 0; c < n; c++) {
    const pivot = work
      .slice(c)
      .reduce((best, row, i) => (Math.abs(row[c]!) > Math.abs(work[best]![c]!) ? c + i : best), c);
    [work[c], work[pivot]] = [work[pivot]!, work[c]!];
    work[c] = work[c]!.map((v) => v / work[c]![c]!);
    for (let r = 0; r < n; r++) if (r !== c) work[r] = work[r]!.map((v, j) => v - work[r]![c]! * work[c]![j]!);
  }
  return work.map((row) => row.slice(n));
}

/** The filter as the textbook writes it, with SORT's matrices: [cx, cy, area, ratio, cx', cy', area']. */
class Reference {
  x: Matrix;
  p = diagonal([10, 10, 10, 10, 1e4, 1e4, 1e4]);
  constructor(z: readonly number[]) {
    this.x = [...z, 0, 0, 0].map((v) => [v]);
  }
  predict(t: number): void {
    const f = diagonal(Array<number>(7).fill(1));
    for (let i = 0; i < 3; i++) f[i]![i + 4] = t;
    this.x = times(f, this.x);
    const q = diagonal([1, 1, 1, 1, 0.01, 0.01, 0.0001].map((v) => v * t));
    this.p = plus(times(times(f, this.p), turned(f)), q);
  }
  correct(z: readonly number[]): void {
    const h = zeros(4, 7);
    for (let i = 0; i < 4; i++) h[i]![i] = 1;
    const s = plus(times(times(h, this.p), turned(h)), diagonal([1, 1, 10, 10]));
    const k = times(times(this.p, turned(h)), inverse(s));
    this.x = plus(
      this.x,
      times(
        k,
        plus(
          z.map((v) => [v]),
          times(h, this.x),
          -1,
        ),
      ),
    );
    this.p = times(plus(diagonal(Array<number>(7).fill(1)), times(k, h), -1), this.p);
  }
}

const measured = ({ x0, y0, x1, y1 }: Box): number[] => [
  (x0 + x1) / 2,
  (y0 + y1) / 2,
  (x1 - x0) * (y1 - y0),
  (x1 - x0) / (y1 - y0),
];
const vectorOf = ({ cx, cy, area, ratio }: BoxState): number[] => [
  cx.value,
  cy.value,
  area.value,
  ratio.value,
  cx.speed,
  cy.speed,
  area.speed,
];

test('state and covariance are those of the 7×7 matrices written out, over uneven steps', () => {
  const random = mulberry32(5);
  const seen = (i: number): Box => {
    const [x, y] = [100 + 6 * i + random() * 4, 80 + 3 * i + random() * 4];
    return { x0: x, y0: y, x1: x + 60 + i + random() * 3, y1: y + 75 + i + random() * 3 };
  };
  let state = startState({ x0: 100, y0: 80, x1: 160, y1: 155 });
  const reference = new Reference(measured({ x0: 100, y0: 80, x1: 160, y1: 155 }));
  for (let i = 1; i < 40; i++) {
    const t = 0.5 + random() * 2;
    state = predict(state, t);
    reference.predict(t);
    if (i % 5 !== 0) {
      const box = seen(i);
      state = correct(state, box);
      reference.correct(measured(box));
    }
    for (const [j, value] of vectorOf(state).entries()) expect(value).toBeCloseTo(reference.x[j]![0]!, 5);
    const blocks = [state.cx, state.cy, state.area].map(({ covariance }) => covariance);
    for (const [j, [a, b, c]] of blocks.entries()) {
      expect(a).toBeCloseTo(reference.p[j]![j]!, 5);
      expect(b).toBeCloseTo(reference.p[j]![j + 4]!, 5);
      expect(c).toBeCloseTo(reference.p[j + 4]![j + 4]!, 5);
    }
    expect(state.ratio.variance).toBeCloseTo(reference.p[3]![3]!, 8);
  }
});

test('a box goes in and comes out the same', () => {
  const box = { x0: 10, y0: 20, x1: 50, y1: 90 };
  for (const [edge, value] of Object.entries(boxOf(startState(box))))
    expect(value).toBeCloseTo(box[edge as keyof typeof box], 9);
});

test('a shrinking face never gets a negative area', () => {
  let state = startState({ x0: 0, y0: 0, x1: 60, y1: 60 });
  state = correct(predict(state, 1), { x0: 20, y0: 20, x1: 40, y1: 40 });
  state = predict(state, 30);
  expect(state.area.value).toBeGreaterThan(0);
  expect(Object.values(boxOf(state)).every(Number.isFinite)).toBe(true);
});
