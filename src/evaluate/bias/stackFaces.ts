import type { GroupFaces } from './comparePeople';

/** Faces as one table, in their order; each vector has `columns` numbers. */
export function stackFaces(
  faces: readonly {
    readonly group: string;
    readonly name: string;
    readonly vector: ArrayLike<number>;
    readonly scale: number;
  }[],
  columns: number,
): GroupFaces {
  const data = new Float32Array(faces.length * columns);
  for (const [row, { vector }] of faces.entries()) data.set(vector, row * columns);
  return {
    table: { rows: faces.length, columns, data },
    scales: Float64Array.from(faces, ({ scale }) => scale),
    groups: faces.map(({ group }) => group),
    names: faces.map(({ name }) => name),
  };
}
