import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import type { WeightTensor } from '../../../src/core/weights';
import { growHead, nameByHead } from '../../../src/train/head';
import { HEAD } from '../../../src/train/state';
import { randomNumbers } from '../../fixtures/randomWeights';

const SIZE = 3;
const head = (rows: number): Map<string, WeightTensor> =>
  new Map([
    [HEAD.weights, { dtype: 'float32', shape: [rows, SIZE], data: randomNumbers(rows * SIZE, 1) }],
    [HEAD.biases, { dtype: 'float32', shape: [rows], data: randomNumbers(rows, 2) }],
  ]);
const rowOf = (weights: ReadonlyMap<string, WeightTensor>, row: number) => [
  ...weights.get(HEAD.weights)!.data.slice(row * SIZE, (row + 1) * SIZE),
  weights.get(HEAD.biases)!.data[row],
];

describe('a head for other people', () => {
  it('keeps the row of everybody who stays, wherever they stand now; who is new gets a new one', () => {
    const old = head(3);
    const grown = growHead(old, ['Ada', 'Bo', 'Cy'], ['Di', 'Cy', 'Ada', 'Eve'], 7);
    expect(grown.get(HEAD.weights)!.shape).toEqual([4, SIZE]);
    expect(rowOf(grown, 1)).toEqual(rowOf(old, 2));
    expect(rowOf(grown, 2)).toEqual(rowOf(old, 0));
    for (const row of [0, 3]) {
      const [x, y, z, bias] = rowOf(grown, row);
      expect(bias).toBe(0);
      for (const value of [x!, y!, z!]) expect(Math.abs(value)).toBeLessThanOrEqual(Math.sqrt(6 / (SIZE + 4)));
      expect(new Set([x, y, z]).size).toBe(3);
    }
    expect(growHead(old, ['Ada', 'Bo', 'Cy'], ['Di', 'Cy', 'Ada', 'Eve'], 7)).toEqual(grown);
  });

  it('is none where there is none, or where the names do not fit its rows', () => {
    expect(growHead(new Map(), ['Ada'], ['Ada'], 1).size).toBe(0);
    expect(growHead(head(3), ['Ada', 'Bo'], ['Ada'], 1).size).toBe(0);
  });
});

describe('naming by the head', () => {
  const random = mulberry32(5);
  const rows = Array.from({ length: 20 }, () => Array.from({ length: SIZE }, () => random() - 0.5));
  const prelogits = Float32Array.from(rows.flat());
  const arrays = (biases: boolean) => {
    const weights = head(4);
    if (!biases) weights.delete(HEAD.biases);
    return new Map([...weights].map(([name, { data }]) => [name, data as Float32Array]));
  };
  /** The score of each class written out, the best one's number. */
  const best = (row: readonly number[], weights: ReadonlyMap<string, Float32Array>, normalised: boolean) => {
    const scores = [0, 1, 2, 3].map((c) => {
      const own = [...weights.get(HEAD.weights)!].slice(c * SIZE, c * SIZE + SIZE);
      const dot = own.reduce((sum, w, i) => sum + w * row[i]!, 0);
      return normalised ? dot / Math.hypot(...own) / Math.hypot(...row) : dot + weights.get(HEAD.biases)![c]!;
    });
    return scores.indexOf(Math.max(...scores));
  };
  it.each([
    ['softmax: the largest logit', false],
    ['ArcFace: the largest cosine', true],
  ])('%s', (_, normalised) => {
    const weights = arrays(!normalised);
    const named = nameByHead(prelogits, weights, { classes: 4, normalised });
    expect([...named]).toEqual(rows.map((row) => best(row, weights, normalised)));
    expect(new Set(named).size).toBeGreaterThan(2);
  });
});
