import { FaceError } from '../../core/errors';
import type { FloatArray } from '../formats/array';

/** Throws `weights/shape-mismatch` where `array` is not of the shape; `name` is what the error calls it. */
export function checkShape(name: string, array: FloatArray, expected: readonly number[]): void {
  if (array.shape.length === expected.length && expected.every((size, axis) => array.shape[axis] === size)) return;
  throw new FaceError('weights/shape-mismatch', {
    name,
    got: `[${array.shape.join()}]`,
    expected: `[${expected.join()}]`,
  });
}

/** The array of that name. Throws `weights/missing-tensor`. */
export function take(arrays: ReadonlyMap<string, FloatArray>, name: string): FloatArray {
  const array = arrays.get(name);
  if (!array) throw new FaceError('weights/missing-tensor', { name });
  return array;
}

/** TensorFlow's kernel [kw, kh, in, out] as [out, kh, kw, in]. */
export function swappedKernel({ shape, data }: FloatArray): FloatArray {
  const [kw, kh, c, out] = shape as [number, number, number, number];
  const result = new Float32Array(data.length);
  let to = 0;
  for (let o = 0; o < out; o++)
    for (let y = 0; y < kh; y++)
      for (let x = 0; x < kw; x++) for (let i = 0; i < c; i++) result[to++] = data[((x * kh + y) * c + i) * out + o]!;
  return { shape: [out, kh, kw, c], data: result };
}

/** TensorFlow's matrix [in, out] as [out, in]. */
export function matrixLayout({ shape, data }: FloatArray): FloatArray {
  const [rows, out] = shape as [number, number];
  const result = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) for (let o = 0; o < out; o++) result[o * rows + i] = data[i * out + o]!;
  return { shape: [out, rows], data: result };
}

/** A matrix [out, side · side · channels] after a flatten, the two sides of its columns swapped. */
export function swapSides({ shape, data }: FloatArray, side: number): FloatArray {
  const [out, columns] = shape as [number, number];
  const channels = columns / (side * side);
  const result = new Float32Array(data.length);
  let to = 0;
  for (let o = 0; o < out; o++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const from = o * columns + (x * side + y) * channels;
        result.set(data.subarray(from, from + channels), to);
        to += channels;
      }
  return { shape, data: result };
}
