import { expect, test } from 'vitest';
import { rowPairs } from '../../../src/evaluate/rowPairs';

test('pairs without a row of embeddings are left out', () => {
  const rows = new Map([
    ['bo/1', 5],
    ['bo/2', 3],
    ['ann/7', 1],
  ]);
  const pairs = [
    { a: 'ann/7', b: 'ann/8', same: true, fold: 0, line: 1 },
    { a: 'bo/1', b: 'bo/2', same: true, fold: 1, line: 2 },
    { a: 'ann/7', b: 'bo/1', same: false, fold: 1, line: 3 },
  ];
  expect(rowPairs({ pairs, folds: 2 }, (picture) => rows.get(picture))).toEqual({
    a: Int32Array.of(5, 1),
    b: Int32Array.of(3, 5),
    same: Uint8Array.of(1, 0),
    fold: Int32Array.of(1, 1),
    folds: 2,
    kept: Int32Array.of(1, 2),
  });
});
