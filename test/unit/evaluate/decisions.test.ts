import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import { evaluateDecisions } from '../../../src/evaluate/decisions';
import { evaluatePairs } from '../../../src/evaluate/kfold';
import type { EmbeddingTable, RowPairs } from '../../../src/evaluate/rowPairs';
import { bruteForce } from './bruteForce';

const FOLDS = 4;
const SIZE = 6;
const random = mulberry32(11);
const drawn = (spread: number, around?: readonly number[]): number[] => {
  const numbers = Array.from({ length: SIZE }, (_, k) => (around?.[k] ?? 0) + spread * (random() - 0.5));
  const length = Math.hypot(...numbers);
  return numbers.map((value) => Math.fround(value / length));
};
// Every other person is of a kind whose faces lie close together, and whose distances count for more.
const dense = drawn(1);
const people = Array.from({ length: 16 }, (_, person) => (person % 2 ? drawn(0.35, dense) : drawn(1)));
const vectors = people.flatMap((centre, person) =>
  Array.from({ length: 4 }, () => drawn(person % 2 ? 0.12 : 0.5, centre)),
);
const scales = vectors.map((_, row) => (Math.floor(row / 4) % 2 ? 2 : 0.8) + 0.1 * random());
const rows = Array.from({ length: 320 }, (_, i) => {
  const same = i % 2 === 0;
  const person = Math.floor(random() * people.length);
  const other = same ? person : (person + 2 * (1 + Math.floor(random() * 7))) % people.length; // of the same kind
  const at = Math.floor(random() * 4);
  return { a: 4 * person + at, b: 4 * other + ((at + 1) % 4), same, fold: (i >> 1) % FOLDS };
});
const table: EmbeddingTable = { rows: vectors.length, columns: SIZE, data: Float32Array.from(vectors.flat()) };
const pairs: RowPairs = {
  a: Int32Array.from(rows, ({ a }) => a),
  b: Int32Array.from(rows, ({ b }) => b),
  same: Uint8Array.from(rows, ({ same }) => Number(same)),
  fold: Int32Array.from(rows, ({ fold }) => fold),
  folds: FOLDS,
};
const RULE = { far: 0.001, plainThreshold: 0.55, threshold: 0.45 };
const OPTIONS = { far: 0.05 };

/** One number a pair: what two faces are apart. */
const apart = (scaled: boolean): number[] =>
  rows.map(({ a, b }) => {
    const plain = Math.hypot(...vectors[a]!.map((value, k) => value - vectors[b]![k]!));
    return scaled ? plain * scales[a]! * scales[b]! : plain;
  });

describe('both decisions', () => {
  const decisions = evaluateDecisions(table, scales, pairs, RULE, OPTIONS);

  for (const [name, threshold] of [
    ['plain', RULE.plainThreshold],
    ['normalised', RULE.threshold],
  ] as const)
    test(`${name}: accuracy, VAL, AUC, EER and what the default accepts equal those computed independently`, () => {
      const distances = apart(name === 'normalised');
      const onLine = rows.map(({ same, fold }, i) => ({ a: [distances[i]!], b: [0], same, fold }));
      const expected = bruteForce(onLine, FOLDS, { cosine: false, subtractMean: false, far: OPTIONS.far });
      const found = decisions[name];
      const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(found.accuracy.folds).toHaveLength(FOLDS);
      for (const [i, accuracy] of expected.accuracies.entries())
        expect(found.accuracy.folds[i]).toBeCloseTo(accuracy, 12);
      expect(found.val.mean).toBeCloseTo(mean(expected.vals), 12);
      expect(found.val.far).toBeCloseTo(mean(expected.fars), 12);
      expect(found.auc).toBeCloseTo(expected.auc, 12);
      expect(found.eer).toBeCloseTo(expected.eer, 9);

      const share = (same: boolean) =>
        mean(distances.flatMap((distance, i) => (rows[i]!.same === same ? [Number(distance <= threshold)] : [])));
      expect(found).toMatchObject({ threshold, recall: share(true), falseAccepts: share(false) });
      expect(found.recall).toBeGreaterThan(0.3);
      expect(found.recall).toBeLessThan(1);
      expect(found.falseAccepts).toBeGreaterThan(0);
    });

  test('the plain one is the published protocol’s to the last bit, and the normalised one tells more people apart', () => {
    const { accuracy, val, auc, eer } = evaluatePairs(table, pairs, {
      ...OPTIONS,
      distance: 'euclidean',
      subtractMean: false,
    });
    expect(decisions.plain).toMatchObject({ accuracy, val, auc, eer });
    expect(decisions.normalised.auc).toBeGreaterThan(auc + 0.02);
    expect(decisions).toMatchObject({ far: RULE.far, same: 160, different: 160 });
  });

  test('a pair right at the default distance is accepted, as everywhere else', () => {
    const line: EmbeddingTable = { rows: 3, columns: 1, data: Float32Array.of(0, 0.5, 2) };
    const few: RowPairs = {
      a: Int32Array.of(0, 0, 0, 0),
      b: Int32Array.of(1, 2, 1, 2),
      same: Uint8Array.of(1, 0, 1, 0),
      fold: Int32Array.of(0, 0, 1, 1),
      folds: 2,
    };
    const at = evaluateDecisions(line, [2, 1, 3], few, { far: 0.1, plainThreshold: 0.5, threshold: 1 }, OPTIONS);
    expect(at.plain).toMatchObject({ recall: 1, falseAccepts: 0 });
    expect(at.normalised, '.5 × 2 × 1').toMatchObject({ recall: 1, falseAccepts: 0 });
    const below = { far: 0.1, plainThreshold: 0.4999, threshold: 12 };
    const { plain, normalised } = evaluateDecisions(line, [2, 1, 3], few, below, OPTIONS);
    expect(plain.recall).toBe(0);
    expect(normalised.falseAccepts, '2 × 2 × 3').toBe(1);
  });
});
