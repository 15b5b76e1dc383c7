/**
 * The assignment of rows to columns of least total cost, each used at most once: for each row its column, or -1 where
 * there are more rows than columns. Costs are finite. O(n³): Kuhn's Hungarian method (1955) by shortest augmenting paths
 * with potentials (Jonker and Volgenant 1987).
 */
export function assign(cost: readonly (readonly number[])[]): number[] {
  const rows = cost.length;
  const columns = cost[0]?.length ?? 0;
  if (columns === 0) return cost.map(() => -1);
  if (rows <= columns) return assignWide(cost, rows, columns);
  const turned = Array.from({ length: columns }, (_, c) => cost.map((row) => row[c]!));
  const result = cost.map(() => -1);
  for (const [column, row] of assignWide(turned, columns, rows).entries()) result[row] = column;
  return result;
}

/** At least as many columns as rows. Index 0 of the arrays is the place outside the table from which paths start. */
function assignWide(cost: readonly (readonly number[])[], rows: number, columns: number): number[] {
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  const cameFrom = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    let column = 0;
    const least = new Float64Array(columns + 1).fill(Infinity);
    const used = new Uint8Array(columns + 1);
    do {
      used[column] = 1;
      const from = rowOf[column]!;
      let delta = Infinity;
      let next = 0;
      for (let c = 1; c <= columns; c++) {
        if (used[c]) continue;
        const reduced = cost[from - 1]![c - 1]! - rowPotential[from]! - columnPotential[c]!;
        if (reduced < least[c]!) {
          least[c] = reduced;
          cameFrom[c] = column;
        }
        if (least[c]! < delta) {
          delta = least[c]!;
          next = c;
        }
      }
      for (let c = 0; c <= columns; c++) {
        if (used[c]) {
          rowPotential[rowOf[c]!]! += delta;
          columnPotential[c]! -= delta;
        } else least[c]! -= delta;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const before = cameFrom[column]!;
      rowOf[column] = rowOf[before]!;
      column = before;
    }
  }
  const result = new Array<number>(rows).fill(-1);
  for (let c = 1; c <= columns; c++) if (rowOf[c] !== 0) result[rowOf[c]! - 1] = c - 1;
  return result;
}
