import { LANES } from './dotKernel';

/**
 * Rows of numbers in 8 bits, which rule out most rows as too far away before their own numbers are read: code × `scales[row]`
 * is at most `errors[row]` (plain Euclidean) from the row. `norms`: squared length of code × scale.
 */
export interface Codes {
  readonly count: number;
  /** Codes a row, filled up with zeros to whole vectors of WebAssembly. */
  readonly stride: number;
  readonly codes: Int8Array;
  readonly scales: Float64Array;
  readonly errors: Float64Array;
  readonly norms: Float64Array;
}

/** Codes of rows of `size` numbers, one after the other. */
export function encodeRows(vectors: Float32Array, size: number): Codes {
  const count = size === 0 ? 0 : vectors.length / size;
  const stride = Math.ceil(size / LANES) * LANES;
  const codes = new Int8Array(count * stride);
  const [scales, errors, norms] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  for (let row = 0; row < count; row++) {
    const at = row * size;
    let most = 0;
    for (let k = at; k < at + size; k++) most = Math.max(most, Math.abs(vectors[k]!));
    const scale = most / 127 || 1;
    let norm = 0;
    let error = 0;
    for (let k = 0; k < size; k++) {
      const value = vectors[at + k]!;
      const code = Math.round(value / scale);
      codes[row * stride + k] = code;
      norm += code * code;
      error += (value - code * scale) ** 2;
    }
    [scales[row], errors[row], norms[row]] = [scale, Math.sqrt(error), norm * scale * scale];
  }
  return { count, stride, codes, scales, errors, norms };
}
