import { encodeRows, type Codes } from './codes';
import { createDotKernel, type DotKernel } from './dotKernel';

/** Share of the squared lengths that the bound's own rounding stays far below. */
const ROUNDING = 1e-12;

const kernels = new Map<number, DotKernel>();

/**
 * Calls `visit`, in order, with every row that may be within `limit` (plain Euclidean) of `vector`, and with few others:
 * by the triangle inequality a row is at least as far as its code is from the vector's, less both codes' errors. `visit`
 * returns the limit for the following rows. With `rowScales` the limit applies to the row's distance times its scale.
 */
export function eachCandidate(
  rows: Codes,
  vector: Float32Array,
  limit: number,
  visit: (row: number) => number,
  rowScales?: Float64Array,
): void {
  const { count, stride, codes, scales, errors, norms } = rows;
  if (count === 0) return;
  const query = encodeRows(vector, vector.length);
  const [scale, error, norm] = [query.scales[0]!, query.errors[0]!, query.norms[0]!];
  const kernel = kernels.get(stride) ?? createDotKernel(stride);
  kernels.set(stride, kernel);
  kernel.setQuery(query.codes);
  for (let start = 0; start < count; start += kernel.rows) {
    const end = Math.min(start + kernel.rows, count);
    const dots = kernel.dots(codes.subarray(start * stride, end * stride));
    for (let row = start; row < end; row++) {
      const lengths = norm + norms[row]!;
      const squared = lengths - 2 * scale * scales[row]! * dots[row - start]!;
      const reach = (rowScales ? limit / rowScales[row]! : limit) + error + errors[row]!;
      if (squared - ROUNDING * lengths <= reach * reach) limit = visit(row);
    }
  }
}
