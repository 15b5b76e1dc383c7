import { stackRows } from '../core/vectors';
import type { PairList } from './pairs';

/** Embeddings, a row each. */
export interface EmbeddingTable {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] */
  readonly data: Float32Array;
}

/** Some rows of a table, in the order given. */
export function pickRows({ columns, data }: EmbeddingTable, rows: readonly number[]): EmbeddingTable {
  const picked = stackRows(rows.map((row) => data.subarray(row * columns, (row + 1) * columns)));
  return { rows: rows.length, columns, data: picked };
}

/** Pairs as rows of an embedding table; arrays of one length. */
export interface RowPairs {
  readonly a: Int32Array;
  readonly b: Int32Array;
  /** 1: one person, 0: two. */
  readonly same: Uint8Array;
  readonly fold: Int32Array;
  readonly folds: number;
}

/** The pairs whose pictures both have a row; `kept[i]` is the i-th one's place in the list. */
export function rowPairs(
  { pairs, folds }: PairList,
  rowOf: (picture: string) => number | undefined,
): RowPairs & { readonly kept: Int32Array } {
  const kept = pairs.flatMap(({ a, b }, i) => (rowOf(a) === undefined || rowOf(b) === undefined ? [] : [i]));
  return {
    a: Int32Array.from(kept, (i) => rowOf(pairs[i]!.a)!),
    b: Int32Array.from(kept, (i) => rowOf(pairs[i]!.b)!),
    same: Uint8Array.from(kept, (i) => Number(pairs[i]!.same)),
    fold: Int32Array.from(kept, (i) => pairs[i]!.fold),
    folds,
    kept: Int32Array.from(kept),
  };
}
