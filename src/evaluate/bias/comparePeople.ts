import { normalisedDistance } from '../../core/cohort';
import { squaredDistance } from '../../core/vectors';
import type { EmbeddingTable } from '../rowPairs';

/** Faces of people who are all different, one picture each. */
export interface GroupFaces {
  readonly table: EmbeddingTable;
  /** Factor of each face's distances: see core/cohort.ts. */
  readonly scales: ArrayLike<number>;
  /** The group of each row. */
  readonly groups: readonly string[];
  /** The picture of each row. */
  readonly names: readonly string[];
}

/** Distances up to which two faces count as one person. */
export interface Limits {
  readonly plain: number;
  readonly normalised: number;
  /** Normalised distance up to which two pictures show one person. */
  readonly twice: number;
}

/** Pairs of rows, in two lists of one length. */
export interface AcceptedPairs {
  readonly a: number[];
  readonly b: number[];
}

/** The pairs of two groups, or within one. */
export interface GroupPair {
  /** Places among the groups, `first` ≤ `second`. */
  readonly first: number;
  readonly second: number;
  readonly pairs: number;
  /** Pairs taken for one person by the plain distance. */
  readonly plain: AcceptedPairs;
  /** By the normalised one. */
  readonly normalised: AcceptedPairs;
}

export interface ComparedPeople {
  /** In the order in which the rows name them. */
  readonly groups: readonly { readonly name: string; readonly rows: readonly number[] }[];
  readonly pairs: readonly GroupPair[];
  /** Rows left out because an earlier row (`of`) shows the same person. */
  readonly twice: readonly { readonly row: number; readonly of: number }[];
}

/**
 * Compares every two people once. A row within `twice` of an earlier one is left out as another picture of that person.
 * `onRow` is called before each row; what it throws ends the comparison.
 */
export async function comparePeople(
  { table, scales, groups, names }: GroupFaces,
  limits: Limits,
  onRow?: (row: number, rows: number) => void | Promise<void>,
): Promise<ComparedPeople> {
  const { columns, data } = table;
  const found = [...new Set(groups)].map((name) => ({ name, rows: [] as number[] }));
  const placeOf = new Map(found.map(({ name }, place) => [name, place]));
  const placeAt = Int32Array.from(groups, (name) => placeOf.get(name)!);
  const cells = new Map<number, Pick<GroupPair, 'plain' | 'normalised'>>();
  const cellOf = (x: number, y: number): Pick<GroupPair, 'plain' | 'normalised'> => {
    const key = Math.min(x, y) * found.length + Math.max(x, y);
    const cell = cells.get(key) ?? { plain: { a: [], b: [] }, normalised: { a: [], b: [] } };
    cells.set(key, cell);
    return cell;
  };
  const kept: number[] = [];
  const twice: { row: number; of: number }[] = [];
  for (let row = 0; row < names.length; row++) {
    await onRow?.(row, names.length);
    const vector = data.subarray(row * columns, (row + 1) * columns);
    const [plain, normalised]: [number[], number[]] = [[], []];
    let same: number | null = null;
    for (const other of kept) {
      const distance = Math.sqrt(squaredDistance(vector, data, other * columns));
      const even = normalisedDistance(distance, scales[row]!, scales[other]!);
      if (even <= limits.twice) {
        same = other;
        break;
      }
      if (distance <= limits.plain) plain.push(other);
      if (even <= limits.normalised) normalised.push(other);
    }
    if (same !== null) {
      twice.push({ row, of: same });
      continue;
    }
    const place = placeAt[row]!;
    for (const [kind, others] of Object.entries({ plain, normalised }) as ['plain' | 'normalised', number[]][])
      for (const other of others) {
        const { a, b } = cellOf(place, placeAt[other]!)[kind];
        a.push(other);
        b.push(row);
      }
    kept.push(row);
    found[place]!.rows.push(row);
  }
  const pairs = found.flatMap(({ rows }, first) =>
    found.slice(first).map((other, offset): GroupPair => {
      const second = first + offset;
      const count = first === second ? (rows.length * (rows.length - 1)) / 2 : rows.length * other.rows.length;
      return { first, second, pairs: count, ...cellOf(first, second) };
    }),
  );
  return { groups: found, pairs, twice };
}
