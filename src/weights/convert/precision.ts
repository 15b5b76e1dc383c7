import type { Precision } from '../../core/types';
import type { Weights, WeightTensor } from '../../core/weights';
import type { FloatArray } from '../formats/array';
import { encodeFloat16 } from '../../core/float16';

/** Rounded to 8 bits, this one layer of FaceNet (.04 % of its weights) makes three quarters of the embedding's error (1 − cosine). */
const KEPT_FROM_8_BITS = 'InceptionResnetV1/Conv2d_2a_3x3/weights';

/** No engine here has a depthwise kernel for 8-bit weights with float activations, and they are few: [channels, kh, kw, 1]. */
function isDepthwise({ shape }: FloatArray): boolean {
  return shape.length === 4 && shape[3] === 1;
}

/**
 * Float32 weights in another precision. Only kernels and matrices change; biases, scales and the like, one number a
 * channel, stay float32: they are under 1 % of the bytes.
 */
export function toPrecision(arrays: ReadonlyMap<string, FloatArray>, precision: Precision): Weights {
  return new Map(
    [...arrays].map(([name, array]) => [
      name,
      convertTensor(
        array,
        precision === 'int8' && (name === KEPT_FROM_8_BITS || isDepthwise(array)) ? 'float16' : precision,
      ),
    ]),
  );
}

function convertTensor({ shape, data }: FloatArray, precision: Precision): WeightTensor {
  if (precision === 'float32' || shape.length < 2) return { dtype: 'float32', shape, data };
  if (precision === 'float16') return { dtype: 'float16', shape, data: encodeFloat16(data) };
  return { dtype: 'int8', shape, ...quantise(data, shape[0]!) };
}

/**
 * Symmetric 8-bit numbers −127…127 with one scale a channel: the largest weight of the channel is ±127. Rounded to the
 * nearest, half away from zero.
 */
function quantise(data: Float32Array, channels: number): { data: Int8Array; scale: Float32Array } {
  const size = data.length / channels;
  const scales = new Float32Array(channels).fill(1);
  const out = new Int8Array(data.length);
  for (let o = 0; o < channels; o++) {
    const end = (o + 1) * size;
    let most = 0;
    for (let i = end - size; i < end; i++) {
      const magnitude = Math.abs(data[i]!);
      if (magnitude > most) most = magnitude;
    }
    if (most === 0) continue;
    scales[o] = most / 127;
    const scale = scales[o]!;
    for (let i = end - size; i < end; i++) {
      const steps = data[i]! / scale;
      out[i] = steps < 0 ? steps - 0.5 : steps + 0.5; // storing it cuts the fraction off; |steps| ≤ 127.00001
    }
  }
  return { data: out, scale: scales };
}
