import { decodeFloat16 } from '../core/float16';
import type { WeightTensor } from '../core/weights';

/** The weights as numbers; float32 ones are the tensor's own array, not a copy. */
export function toFloat32(tensor: WeightTensor): Float32Array {
  if (tensor.dtype === 'float32') return tensor.data;
  if (tensor.dtype === 'float16') return decodeFloat16(tensor.data);
  const { data, scale } = tensor;
  const perChannel = data.length / scale.length;
  const values = new Float32Array(data.length);
  for (let channel = 0, i = 0; channel < scale.length; channel++)
    for (const end = i + perChannel; i < end; i++) values[i] = data[i]! * scale[channel]!;
  return values;
}
