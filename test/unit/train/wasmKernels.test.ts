import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerWasmKernels } from '../../../src/train/wasmKernels';
import { largestError, randomNumbers } from '../../fixtures/randomWeights';

beforeAll(() => registerWasmKernels());

interface ConvCase {
  readonly x: [number, number, number, number];
  readonly filter: [number, number, number, number];
  readonly stride: number;
  readonly pad: 'valid' | 'same';
  /** A window of its own for each channel; the filter is [kh, kw, channels, 1]. */
  readonly depthwise?: boolean;
}
const CASES: readonly ConvCase[] = [
  { x: [2, 7, 6, 3], filter: [3, 3, 3, 4], stride: 1, pad: 'valid' },
  { x: [2, 7, 6, 3], filter: [3, 3, 3, 4], stride: 1, pad: 'same' },
  { x: [2, 9, 8, 3], filter: [3, 3, 3, 4], stride: 2, pad: 'valid' },
  { x: [2, 8, 9, 3], filter: [3, 3, 3, 4], stride: 2, pad: 'valid' },
  { x: [1, 8, 7, 2], filter: [3, 3, 2, 3], stride: 2, pad: 'same' },
  { x: [2, 8, 8, 5], filter: [1, 7, 5, 4], stride: 1, pad: 'same' },
  { x: [2, 3, 3, 5], filter: [7, 1, 5, 4], stride: 1, pad: 'same' },
  { x: [2, 3, 3, 5], filter: [1, 3, 5, 4], stride: 1, pad: 'same' },
  { x: [3, 4, 4, 6], filter: [1, 1, 6, 5], stride: 1, pad: 'valid' },
  { x: [3, 5, 5, 6], filter: [1, 1, 6, 5], stride: 2, pad: 'valid' },
  { x: [2, 7, 6, 3], filter: [3, 3, 3, 1], stride: 1, pad: 'same', depthwise: true },
  { x: [2, 8, 7, 4], filter: [3, 3, 4, 1], stride: 2, pad: 'same', depthwise: true },
  { x: [2, 9, 8, 3], filter: [3, 3, 3, 1], stride: 2, pad: 'valid', depthwise: true },
  { x: [2, 7, 7, 5], filter: [7, 7, 5, 1], stride: 1, pad: 'valid', depthwise: true },
  { x: [1, 6, 6, 1], filter: [3, 3, 1, 1], stride: 1, pad: 'same', depthwise: true },
];

async function gradients(backend: 'cpu' | 'wasm', { x, filter, stride, pad, depthwise }: ConvCase) {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const result = tf.tidy(() => {
    const input = tf.tensor4d(randomNumbers(tf.util.sizeFromShape(x), 1), x);
    const weights = tf.tensor4d(randomNumbers(tf.util.sizeFromShape(filter), 2), filter);
    const convolve = depthwise ? tf.depthwiseConv2d : tf.conv2d;
    const loss = (a: tf.Tensor, b: tf.Tensor) =>
      tf.sum<tf.Scalar>(tf.square(convolve(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad)));
    return tf
      .grads(loss)([input, weights])
      .map((grad) => ({ shape: grad.shape, data: grad.dataSync<'float32'>() }));
  });
  expect(tf.memory().numTensors).toBe(before);
  return result;
}

describe.each(CASES)('a convolution of $x by $filter, stride $stride, $pad, depthwise: $depthwise', (convCase) => {
  it('has on WASM the gradients of the CPU backend', async () => {
    const [expected, got] = [await gradients('cpu', convCase), await gradients('wasm', convCase)];
    got.forEach(({ shape, data }, i) => {
      expect(shape).toEqual(expected[i]!.shape);
      expect(largestError(data, expected[i]!.data)).toBeLessThan(5e-5);
    });
  });

  it('has on WASM the gradients that finite differences give', async () => {
    const { x, filter, stride, pad, depthwise = false } = convCase;
    const inputs = [x, filter].map((shape, i) => Float64Array.from(randomNumbers(tf.util.sizeFromShape(shape), i + 1)));
    const got = await gradients('wasm', convCase);
    inputs.forEach((values, which) => {
      for (let k = 0; k < values.length; k += 7) {
        const at = (delta: number) => {
          const moved = inputs.map((list, i) => (i === which ? list.map((v, j) => (j === k ? v + delta : v)) : list));
          return squares(moved[0]!, x, moved[1]!, filter, stride, pad, depthwise);
        };
        const difference = (at(1e-4) - at(-1e-4)) / 2e-4;
        expect(Math.abs(got[which]!.data[k]! - difference)).toBeLessThan(1e-4);
      }
    });
  });
});

/** The sum of the squares of a convolution's results, in plain loops. */
function squares(
  x: Float64Array,
  [n, height, width, channels]: ConvCase['x'],
  w: Float64Array,
  [kh, kw, , out]: ConvCase['filter'],
  stride: number,
  pad: 'valid' | 'same',
  depthwise: boolean,
): number {
  const along = (length: number, size: number) => {
    const steps = pad === 'same' ? Math.ceil(length / stride) : Math.floor((length - size) / stride) + 1;
    return [steps, pad === 'same' ? Math.floor(Math.max(0, (steps - 1) * stride + size - length) / 2) : 0] as const;
  };
  const [rows, top] = along(height, kh);
  const [columns, left] = along(width, kw);
  let total = 0;
  for (let b = 0; b < n; b++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        for (let o = 0; o < (depthwise ? channels : out); o++) {
          let sum = 0;
          for (let i = 0; i < kh; i++)
            for (let j = 0; j < kw; j++) {
              const [py, px] = [r * stride + i - top, c * stride + j - left];
              if (py < 0 || px < 0 || py >= height || px >= width) continue;
              const pixel = ((b * height + py) * width + px) * channels;
              const place = (i * kw + j) * channels;
              if (depthwise) sum += x[pixel + o]! * w[place + o]!;
              else for (let k = 0; k < channels; k++) sum += x[pixel + k]! * w[(place + k) * out + o]!;
            }
          total += sum * sum;
        }
  return total;
}
