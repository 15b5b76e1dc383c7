import { stackRows } from '../../core/vectors';
import type { GroupFaces } from './comparePeople';

/** The face of one person. */
export interface BiasFace {
  readonly group: string;
  /** Of the picture. */
  readonly name: string;
  readonly vector: ArrayLike<number>;
  /** Factor of its distances. */
  readonly scale: number;
}

/** Faces as one table, in their order; each vector has `columns` numbers. */
export function stackFaces(faces: readonly BiasFace[], columns: number): GroupFaces {
  const data = stackRows(faces.map(({ vector }) => vector));
  return {
    table: { rows: faces.length, columns, data },
    scales: Float64Array.from(faces, ({ scale }) => scale),
    groups: faces.map(({ group }) => group),
    names: faces.map(({ name }) => name),
  };
}
