import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import { GraphBuilder } from '../../../src/nn/builder';
import { moveStatistics, runTraining, type BatchStatistics } from '../../../src/train/network';
import { registerWasmKernels } from '../../../src/train/wasmKernels';
import { finiteDifferences, tensorGradients } from '../../fixtures/gradients';
import { largestError, randomNumbers } from '../../fixtures/randomWeights';

beforeAll(() => registerWasmKernels());

const SHAPE = [3, 2, 2, 2];
const COUNT = 24;
const EPSILON = 0.001;
const numbers = (length: number, seed: number) => [...randomNumbers(length, seed, -2, 2)];
const DIRECTION = numbers(COUNT, 9);

function batchNormGraph(shape: readonly number[]) {
  const g = new GraphBuilder('bn');
  const op = { op: 'batchNorm', mean: 'm', variance: 'v', beta: 'b', epsilon: EPSILON } as const;
  return g.graph([g.add('y', g.input('x', shape), op)]);
}

/** Σ direction · batch norm, written out for two channels. */
function plain(x: readonly number[], beta: readonly number[]): number {
  let total = 0;
  for (let c = 0; c < 2; c++) {
    const own = x.filter((_, i) => i % 2 === c);
    const mean = own.reduce((a, b) => a + b) / own.length;
    const variance = own.reduce((a, b) => a + (b - mean) ** 2, 0) / own.length;
    own.forEach(
      (value, i) => (total += DIRECTION[2 * i + c]! * ((value - mean) / Math.sqrt(variance + EPSILON) + beta[c]!)),
    );
  }
  return total;
}

describe.each(['cpu', 'wasm'])('in training mode on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it.each([{ shape: SHAPE }, { shape: [12, 2] }])(
    'batch norm of $shape has the value and gradients of the batch’s own statistics',
    ({ shape }) => {
      const inputs = [numbers(COUNT, 1), numbers(2, 2)];
      const before = tf.memory().numTensors;
      const statistics: BatchStatistics = new Map();
      const { value, gradients } = tensorGradients(
        (x, beta) => {
          const weights = new Map([['b', beta]]);
          const [y] = runTraining(batchNormGraph(shape), weights, [x], { random: Math.random, statistics });
          return tf.sum(tf.mul(y!, tf.tensor(DIRECTION, shape)));
        },
        [shape, [2]],
        inputs,
      );
      expect(Math.abs(value - plain(inputs[0]!, inputs[1]!))).toBeLessThan(2e-5);
      finiteDifferences(plain, inputs).forEach((expected, i) =>
        expect(largestError(gradients[i]!, expected)).toBeLessThan(5e-5),
      );
      expect(tf.memory().numTensors).toBe(before + 2);
      tf.dispose([...statistics.values()]);
    },
  );

  it('the running statistics move by .005 of the way to the batch’s', () => {
    const x = numbers(COUNT, 1);
    const statistics: BatchStatistics = new Map();
    const before = tf.memory().numTensors;
    const weights = new Map<string, tf.Tensor>([
      ['b', tf.zeros([2])],
      ['m', tf.tensor1d([1, -1])],
      ['v', tf.tensor1d([2, 3])],
    ]);
    tf.tidy(() => {
      runTraining(batchNormGraph(SHAPE), weights, [tf.tensor(x, SHAPE)], { random: Math.random, statistics });
    });
    moveStatistics(weights, statistics, 0.995);
    for (let c = 0; c < 2; c++) {
      const own = x.filter((_, i) => i % 2 === c);
      const mean = own.reduce((a, b) => a + b) / own.length;
      const variance = own.reduce((a, b) => a + (b - mean) ** 2, 0) / own.length;
      expect(weights.get('m')!.dataSync()[c]).toBeCloseTo([1, -1][c]! * 0.995 + mean * 0.005, 6);
      expect(weights.get('v')!.dataSync()[c]).toBeCloseTo([2, 3][c]! * 0.995 + variance * 0.005, 6);
    }
    tf.dispose([...weights.values()]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('dropout keeps its share, scaled up, the same for the same seed', () => {
    const g = new GraphBuilder('dropout');
    const graph = g.graph([g.add('y', g.input('x', [100, 100]), { op: 'dropout', keep: 0.4 })]);
    const run = (seed: number) =>
      tf.tidy(() => {
        const run = { random: mulberry32(seed), statistics: new Map() };
        return [...runTraining(graph, new Map(), [tf.ones([100, 100])], run)[0]!.dataSync()];
      });
    const values = run(1);
    expect(new Set(values)).toEqual(new Set([0, 2.5]));
    expect(values.filter((v) => v > 0).length / 10_000).toBeCloseTo(0.4, 1);
    expect(run(1)).toEqual(values);
    expect(run(2)).not.toEqual(values);
  });
});

describe('every operation that the backward graph needs besides', () => {
  const image: [number, number, number, number] = [2, 7, 7, 3];
  const cases: Record<string, (x: tf.Tensor4D) => tf.Tensor> = {
    'max pool 3/2 valid': (x) => tf.maxPool(x, 3, 2, 'valid'),
    'average pool 2/2': (x) => tf.avgPool(x, 2, 2, 'valid'),
    relu: (x) => tf.relu(x),
    concat: (x) => tf.concat([x, tf.mul(x, 2)], -1),
    add: (x) => tf.add(x, tf.square(x)),
    'global average': (x) => tf.mean(x, [1, 2]),
    'dense and L2 normalisation': (x) => {
      const rows = tf.reshape(x, [2, -1]);
      const y = tf.matMul(rows, tf.tensor2d(numbers(4 * 147, 4), [4, 147]), false, true);
      return tf.div(y, tf.sqrt(tf.maximum(tf.sum(tf.square(y), -1, true), 1e-10)));
    },
    'convolution with bias': (x) =>
      tf.fused.conv2d({
        x,
        filter: tf.tensor4d(numbers(135, 5), [3, 3, 3, 5]),
        strides: 2,
        pad: 'valid',
        bias: tf.slice(tf.concat([tf.sum(x, [0, 1, 2]), tf.sum(x, [0, 1, 2])]), 0, 5),
      }),
  };

  it.each(Object.entries(cases))('%s: WASM agrees with the CPU backend', async (_, f) => {
    const gradient = async (backend: string) => {
      await tf.setBackend(backend);
      return tf.tidy(() => {
        const loss = (x: tf.Tensor) => {
          const y = f(x as tf.Tensor4D);
          return tf.sum<tf.Scalar>(tf.mul(tf.square(y), tf.tensor(numbers(y.size, 3), y.shape)));
        };
        return tf
          .grad(loss)(tf.tensor4d(numbers(294, 8), image))
          .dataSync();
      });
    };
    const [expected, got] = [await gradient('cpu'), await gradient('wasm')];
    const size = Math.max(...expected.map(Math.abs));
    expect(largestError(got, expected) / size).toBeLessThan(1e-6);
  });
});
