import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import { DISTANCES } from '../../../src/evaluate/distance';
import { evaluatePairs, type EvaluateOptions } from '../../../src/evaluate/kfold';
import type { EmbeddingTable, RowPairs } from '../../../src/evaluate/rowPairs';
import { errorCode } from '../weights/errorCode';
import { bruteForce, type PlainPair } from './bruteForce';

function tableOf(vectors: readonly (readonly number[])[]): EmbeddingTable {
  return { rows: vectors.length, columns: vectors[0]!.length, data: Float32Array.from(vectors.flat()) };
}

function pairsOf(rows: readonly (readonly [a: number, b: number, same: 0 | 1, fold: number])[]): RowPairs {
  return {
    a: Int32Array.from(rows, ([a]) => a),
    b: Int32Array.from(rows, ([, b]) => b),
    same: Uint8Array.from(rows, ([, , same]) => same),
    fold: Int32Array.from(rows, ([, , , fold]) => fold),
    folds: 1 + Math.max(...rows.map(([, , , fold]) => fold)),
  };
}

const PLAIN: EvaluateOptions = { distance: 'euclidean', subtractMean: false, far: 0.1 };

describe('a case made by hand', () => {
  // Points on a line: row i lies at its number, so that squared distances are plain to see.
  const line = tableOf([[0], [0.5], [1], [1.2], [2]]);
  // fold 0: same .25, different 4; fold 1: same 1, different .49 (1.2 − .5)
  const pairs = pairsOf([
    [0, 1, 1, 0],
    [0, 4, 0, 0],
    [0, 2, 1, 1],
    [1, 3, 0, 1],
  ]);

  test('gives the accuracies, thresholds and wrong pairs computed by hand', () => {
    const result = evaluatePairs(line, pairs, PLAIN);
    // Fold 1 has the different pair nearer than the same one: at 0 one of two is right, and never more: 0 is chosen.
    // At 0 nothing of fold 0 is accepted: one of two right. Fold 0 chooses .26: .49 and 1 are refused: one of two right.
    expect(result.accuracy.thresholds).toEqual([0, 0.26]);
    const coarse = evaluatePairs(line, pairs, { ...PLAIN, thresholdStep: 0.1 });
    expect(coarse.accuracy.thresholds).toEqual([0, 3 * 0.1]);
    expect(result.accuracy.folds).toEqual([0.5, 0.5]);
    expect(result.accuracy.mean).toBe(0.5);
    expect(result.accuracy.std).toBe(0);
    expect(result.accuracy.interval).toEqual([0.5, 0.5]);
    expect(Array.from(result.wrong)).toEqual([1, 0, 1, 0]);
    expect(Array.from(result.distances, (d) => d.toFixed(2))).toEqual(['0.25', '4.00', '1.00', '0.49']);
  });

  test('measures VAL at the other folds’ threshold, 0 where none reaches the rate', () => {
    const { val } = evaluatePairs(line, pairs, PLAIN);
    // Fold 0 by fold 1: FAR .1 lies a tenth of the way from .490 to .491 (.49 itself in float32 is a little less or
    // more): above .25, so its same pair is accepted, its different one is not. Fold 1 by fold 0, whose different pair
    // lies at 4, beyond the last threshold: 0, nothing accepted.
    expect(val).toEqual({ mean: 0.5, std: 0.5, far: 0 });
  });

  test('pairs that lie apart are decided without a mistake', () => {
    const apart = pairsOf([
      [0, 1, 1, 0],
      [0, 3, 0, 0],
      [0, 1, 1, 1],
      [1, 4, 0, 1],
    ]);
    const result = evaluatePairs(line, apart, PLAIN);
    expect(result.accuracy.mean).toBe(1);
    expect(result.auc).toBe(1);
    expect(result.eer).toBe(0);
  });
});

describe('random embeddings', () => {
  const random = mulberry32(7);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const people = 12;
  const each = 6;
  const size = 7;
  const vectors: number[][] = [];
  for (let person = 0; person < people; person++) {
    const centre = Array.from({ length: size }, () => 0.25 * gauss());
    for (let i = 0; i < each; i++) vectors.push(centre.map((x) => Math.fround(0.3 + x + 0.12 * gauss())));
  }
  const rows = Array.from({ length: 240 }, (_, i): [number, number, 0 | 1, number] => {
    const person = Math.floor(random() * people);
    const other = i % 2 === 0 ? person : (person + 1 + Math.floor(random() * (people - 1))) % people;
    const a = person * each + Math.floor(random() * each);
    const b = other * each + (((a % each) + 1 + Math.floor(random() * (each - 1))) % each);
    return [a, b, i % 2 === 0 ? 1 : 0, i % 5];
  });
  const plain: PlainPair[] = rows.map(([a, b, same, fold]) => ({
    a: vectors[a]!,
    b: vectors[b]!,
    same: same === 1,
    fold,
  }));

  for (const distance of DISTANCES) {
    for (const subtractMean of [false, true]) {
      for (const far of [0.02, 0.1]) {
        test(`${distance}, ${subtractMean ? 'mean subtracted' : 'as they are'}, FAR ${far}: as computed independently`, () => {
          const result = evaluatePairs(tableOf(vectors), pairsOf(rows), { distance, subtractMean, far });
          const expected = bruteForce(plain, 5, { cosine: distance === 'cosine', subtractMean, far });
          expect(result.accuracy.folds.length).toBe(5);
          for (const [i, accuracy] of expected.accuracies.entries())
            expect(result.accuracy.folds[i]).toBeCloseTo(accuracy, 12);
          const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
          expect(result.val.mean).toBeCloseTo(mean(expected.vals), 12);
          expect(result.val.far).toBeCloseTo(mean(expected.fars), 12);
          expect(result.auc).toBeCloseTo(expected.auc, 12);
          expect(result.eer).toBeCloseTo(expected.eer, 9);
          // The case is a fair one: neither trivial nor hopeless.
          expect(result.accuracy.mean).toBeGreaterThan(0.75);
          expect(result.accuracy.mean).toBeLessThan(0.99);
        });
      }
    }
  }

  test('finer thresholds: as computed independently', () => {
    const options = { subtractMean: true, far: 0.1 };
    const result = evaluatePairs(tableOf(vectors), pairsOf(rows), {
      ...options,
      distance: 'cosine',
      thresholdStep: 0.001,
    });
    const expected = bruteForce(plain, 5, { ...options, cosine: true, step: 0.001 });
    expect(result.accuracy.folds).toEqual(
      expected.accuracies.map((accuracy) => expect.closeTo(accuracy, 12) as number),
    );
    expect(
      result.accuracy.thresholds.some((threshold) => Math.abs(threshold * 100 - Math.round(threshold * 100)) > 0.01),
    ).toBe(true);
  });
});

test('an embedding joined with the flipped picture’s has distances beyond 4, and its whole curve', () => {
  const vectors = [[0], [0.1], [3], [3.1]];
  const pairs = pairsOf([
    [0, 1, 1, 0],
    [0, 2, 0, 0],
    [2, 3, 1, 1],
    [1, 3, 0, 1],
  ]);
  const { roc, auc, eer } = evaluatePairs(tableOf(vectors), pairs, PLAIN);
  expect(roc.far.at(-1)).toBe(1);
  expect(roc.tpr.at(-1)).toBe(1);
  expect([auc, eer]).toEqual([1, 0]);
});

test('a fold that lacks a kind of pair, or a single fold, cannot be evaluated', () => {
  const lacking = pairsOf([
    [0, 1, 1, 0],
    [0, 1, 0, 0],
    [0, 1, 1, 1],
  ]);
  const single = pairsOf([
    [0, 1, 1, 0],
    [0, 1, 0, 0],
  ]);
  for (const pairs of [lacking, single])
    expect(errorCode(() => evaluatePairs(tableOf([[0], [1]]), pairs, PLAIN))).toBe('evaluate/too-few');
});
