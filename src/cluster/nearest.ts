import { throwIfAborted } from '../core/abort';
import { encodeRows } from '../core/search/codes';
import { createPairKernel, QUERIES, type PairNumbers } from '../core/search/pairKernel';
import { normalisedSquared, type Faces } from './points';
import { shorten, whole } from './shorten';

/** Of face i the nearest others `ids[k i … k i + counts[i])`, nearest first (of equally near ones the earlier face). */
export interface Nearest {
  readonly k: number;
  readonly counts: Int32Array;
  readonly ids: Int32Array;
  /** Normalised squared distances. */
  readonly squared: Float64Array;
}

export interface NearestOptions {
  readonly k: number;
  /** Normalised distance beyond which nobody is near. */
  readonly limit: number;
  /** Pairs of two faces before this one are left out: they were compared before. */
  readonly from?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Receives the share of the work that is done, 0–1. */
  readonly onShare?: ((share: number) => void) | undefined;
}

/** Number of new faces from which shortening all rows saves more time than it takes. */
const WORTH = 2048;
/** Share of the squared lengths that the bound's own rounding stays far below. */
const ROUNDING = 1e-12;
/** The same in single precision. */
const SINGLE = 1e-5;
/** Near nobody. */
const NOBODY: PairNumbers = { norm: Infinity, scale: 0, rest: 0, reach: 0, inverse: 0 };

/**
 * The exact nearest faces of each face, bit-identical to comparing all pairs: 8-bit codes of fewer numbers (`shorten`) rule
 * out pairs that must be too far apart (by the triangle inequality a pair is at least as far apart as its codes, less their
 * errors), and the full vectors of the others are compared. Blocks of rows against four faces at once. Throws `aborted`.
 */
export function nearestFaces(faces: Faces, { k, limit, from = 0, signal, onShare }: NearestOptions): Nearest {
  const { count, size, scales: factors } = faces;
  const near = emptyLists(count, k, limit * limit);
  const { counts, worst } = near;
  if (from >= count || size === 0) return { k, counts, ids: near.ids, squared: near.squared };
  const short = count - from < WORTH ? whole(faces) : shorten(faces);
  const { rest } = short;
  const { stride, codes, scales, errors, norms } = encodeRows(short.vectors, short.size);
  for (let i = 0; i < count; i++) {
    errors[i]! += short.rounding[i]!;
    norms[i]! += rest[i]! ** 2;
  }
  const kernel = createPairKernel(stride);
  const quad = new Int8Array(QUERIES * stride);
  const inverse = factors.map((factor) => 1 / (factor * factor));
  const largest = maximum(errors);
  const furthest = (limit * maximum(inverse)) ** 2;
  const longest = maximum(norms);
  // (√reach + errors)² is at most reach + slack: no normalised distance is beyond the limit.
  const slack = 4 * largest * Math.sqrt(furthest) + 4 * largest * largest + SINGLE * (longest + furthest);
  const numbersOf = (i: number): PairNumbers => ({
    norm: norms[i]!,
    scale: scales[i]!,
    rest: rest[i]!,
    reach: worst[i]!,
    inverse: inverse[i]!,
  });

  for (let start = 0; start < count; start += kernel.rows) {
    const end = Math.min(start + kernel.rows, count);
    kernel.setRows(codes.subarray(start * stride, end * stride));
    for (let j = start; j < end; j++) kernel.setRow(j - start, numbersOf(j));
    // Pairs i < j, or i new and j old: rows are j.
    const last = start < from ? count : end;
    for (let first = from; first < last; first += QUERIES) {
      throwIfAborted(signal);
      const queries = Math.min(QUERIES, last - first);
      quad.fill(0);
      quad.set(codes.subarray(first * stride, (first + queries) * stride));
      kernel.setQueries(quad);
      for (let q = 0; q < QUERIES; q++) kernel.setQuery(q, q < queries ? numbersOf(first + q) : NOBODY);
      for (const row of kernel.near(slack))
        for (let i = first, at = QUERIES * row; i < first + queries; i++, at++)
          consider(i, start + row, kernel.dots[at]!, start);
    }
    // Twice the pairs of new faces with old ones and with each other, up to this row.
    const fresh = count - from;
    const done = 2 * fresh * Math.min(end, from) + Math.max(0, end - from) ** 2;
    onShare?.(done / (2 * fresh * from + fresh * fresh));
  }
  return { k, counts, ids: near.ids, squared: near.squared };

  function consider(i: number, j: number, dot: number, start: number): void {
    if (j >= from && j <= i) return;
    const squaredCodes = norms[i]! + norms[j]! - 2 * scales[i]! * scales[j]! * dot - 2 * rest[i]! * rest[j]!;
    const reach = Math.max(worst[i]!, worst[j]!) * inverse[i]! * inverse[j]!;
    const most = Math.sqrt(reach) + errors[i]! + errors[j]!;
    if (squaredCodes - ROUNDING * (norms[i]! + norms[j]!) > most * most) return;
    const squared = normalisedSquared(faces, i, j);
    near.insert(i, j, squared);
    near.insert(j, i, squared);
    kernel.setReach(j - start, worst[j]!);
  }
}

/** Lists of at most k faces; `worst`: the squared distance that the next must not exceed. */
function emptyLists(count: number, k: number, limit: number) {
  const counts = new Int32Array(count);
  const ids = new Int32Array(count * k);
  const squared = new Float64Array(count * k);
  const worst = new Float64Array(count).fill(limit);
  const insert = (i: number, other: number, distance: number): void => {
    if (distance > worst[i]!) return;
    const start = i * k;
    const full = counts[i] === k;
    let at = start + counts[i]!;
    if (full) {
      at--;
      if (distance === squared[at]! && other > ids[at]!) return;
    } else counts[i]!++;
    for (; at > start; at--) {
      const before = squared[at - 1]!;
      if (before < distance || (before === distance && ids[at - 1]! < other)) break;
      squared[at] = before;
      ids[at] = ids[at - 1]!;
    }
    squared[at] = distance;
    ids[at] = other;
    if (counts[i] === k) worst[i] = squared[start + k - 1]!;
  };
  return { counts, ids, squared, worst, insert };
}

function maximum(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
