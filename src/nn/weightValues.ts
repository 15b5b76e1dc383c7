import type { WeightTensor } from '../core/weights';

/** The weights as numbers; float32 ones are the tensor's own array, not a copy. */
export function toFloat32(tensor: WeightTensor): Float32Array {
  if (tensor.dtype === 'float32') return tensor.data;
  if (tensor.dtype === 'float16') return widen(tensor.data);
  const { data, scale } = tensor;
  const perChannel = data.length / scale.length;
  const values = new Float32Array(data.length);
  for (let channel = 0, i = 0; channel < scale.length; channel++)
    for (const end = i + perChannel; i < end; i++) values[i] = data[i]! * scale[channel]!;
  return values;
}

let halves: Float32Array | undefined;

function widen(data: Uint16Array): Float32Array {
  const table = (halves ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToNumber(bits)));
  const values = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) values[i] = table[data[i]!]!;
  return values;
}

/** IEEE half precision: a sign bit, 5 of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
