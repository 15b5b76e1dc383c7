/** IEEE 754 half precision: 1 sign, 5 exponent and 10 fraction bits; the smallest normal number is 2⁻¹⁴, the largest 65504. */

const word = new Float32Array(1);
const bits = new Uint32Array(word.buffer);

/** The half-precision bits nearest to `value`, ties to even; beyond ±65504 (after rounding) infinity, NaN stays NaN. */
export function toFloat16Bits(value: number): number {
  word[0] = value;
  const x = bits[0]!;
  const sign = (x >>> 16) & 0x8000;
  const magnitude = x & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520, half way beyond the largest
  if (magnitude < 0x38800000) {
    // Below 2⁻¹⁴: adding a number whose unit in the last place is 2⁻²⁴ makes the hardware round to nearest even.
    word[0] = Math.abs(value) + 0.5;
    return sign | (bits[0]! - 0x3f000000);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** Every number of `values` as half-precision bits, rounded to nearest even. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = toFloat16Bits(values[i]!);
  return out;
}

/** The number that half-precision bits stand for, exactly. */
export function fromFloat16Bits(half: number): number {
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  bits[0] = ((half & 0x8000) << 16) | ((exponent + 112) << 23) | (fraction << 13);
  return word[0]!;
}

let numbers: Float32Array | undefined;

/** Half-precision numbers as float32, exactly, by a table of all 65,536 made at the first call. */
export function decodeFloat16(halves: Uint16Array): Float32Array {
  const table = (numbers ??= Float32Array.from({ length: 65_536 }, (_, half) => fromFloat16Bits(half)));
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = table[halves[i]!]!;
  return out;
}
