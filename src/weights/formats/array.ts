import { FaceError } from '../../core/errors';

/** An array of numbers as a source file holds it, in row order (the last index runs fastest). */
export interface FloatArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export function badFormat(file: string, reason: string): FaceError {
  return new FaceError('weights/bad-format', { file, reason });
}

/** Numbers in an array of that shape; throws `weights/bad-format` for a size that is not a whole number ≥ 0, or a product beyond 2³¹. */
export function countOf(shape: readonly unknown[], file: string): number {
  let count = 1;
  for (const size of shape) {
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0)
      throw badFormat(file, `shape [${shape.join(', ')}]`);
    count *= size;
    if (count > 2 ** 31) throw badFormat(file, `shape [${shape.join(', ')}] is too large`);
  }
  return count;
}

/** The bytes from `start` to `end` in a buffer of their own. (Node's `Buffer` has a `slice` that copies nothing.) */
export function copyOf(bytes: Uint8Array, start = 0, end = bytes.length): ArrayBuffer {
  const copy = new Uint8Array(end - start);
  copy.set(bytes.subarray(start, end));
  return copy.buffer;
}

/** Throws `weights/truncated` or `weights/oversized` where `actual` is not exactly `expected` bytes. */
export function checkLength(actual: number, expected: number, file: string): void {
  if (actual < expected) throw new FaceError('weights/truncated', { file, expected, got: actual });
  if (actual > expected) throw new FaceError('weights/oversized', { file, expected, got: actual });
}

/** An array of column order (Fortran's: the first index runs fastest) in row order. */
export function rowOrder<T extends Float32Array | Float64Array | Int32Array | BigInt64Array | Int8Array | Uint8Array>(
  columns: T,
  shape: readonly number[],
): T {
  const rows = columns.slice() as T;
  const index = shape.map(() => 0);
  const strides: number[] = [];
  shape.reduce((stride, size) => (strides.push(stride), stride * size), 1);
  let from = 0;
  for (let to = 0; to < rows.length; to++) {
    rows[to] = columns[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return rows;
}
