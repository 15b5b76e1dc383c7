import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { OPTIMISERS, type OptimiserName } from '../../../src/train/config/config';
import { clipped, firstSlots, globalNorm, moveAverages, optimise } from '../../../src/train/optimisers';

/** One number's optimiser written out: a function from gradient, rate and step (from 1) to what the weight loses. */
const REFERENCES: Record<OptimiserName, () => (g: number, rate: number, t: number) => number> = {
  ADAGRAD: () => {
    let a = 0.1;
    return (g, rate) => {
      a += g * g;
      return (rate * g) / Math.sqrt(a);
    };
  },
  ADADELTA: () => {
    let a = 0;
    let d = 0;
    return (g, rate) => {
      a = 0.9 * a + 0.1 * g * g;
      const update = (Math.sqrt(d + 1e-6) / Math.sqrt(a + 1e-6)) * g;
      d = 0.9 * d + 0.1 * update * update;
      return rate * update;
    };
  },
  ADAM: () => {
    let m = 0;
    let v = 0;
    return (g, rate, t) => {
      m += (g - m) * (1 - 0.9);
      v += (g * g - v) * (1 - 0.999);
      return (((rate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t)) * m) / (Math.sqrt(v) + 0.1);
    };
  },
  RMSPROP: () => {
    let ms = 1;
    let momentum = 0;
    return (g, rate) => {
      ms += (g * g - ms) * (1 - 0.9);
      momentum = 0.9 * momentum + (rate * g) / Math.sqrt(ms + 1);
      return momentum;
    };
  },
  MOM: () => {
    let a = 0;
    return (g, rate) => {
      a = 0.9 * a + g;
      return rate * g + rate * 0.9 * a;
    };
  },
};

beforeAll(async () => {
  await tf.setBackend('cpu');
});

it.each(OPTIMISERS)('%s makes the 20 steps of its formula, and leaks nothing', (optimiser) => {
  const start = tf.memory().numTensors;
  const count = 4;
  const expected = [0.5, -1, 2, 0.1];
  const references = expected.map(() => REFERENCES[optimiser]());
  const weights = new Map<string, tf.Tensor>([['w', tf.tensor1d(expected)]]);
  const slots = firstSlots(optimiser, weights);
  for (let step = 1; step <= 20; step++) {
    const rate = step < 10 ? 0.05 : 0.005;
    // A quadratic's gradient with a ripple: signs change, sizes differ by weight.
    const g = expected.map((w, i) => Math.fround((i + 1) * w + Math.sin(step * (i + 2))));
    const gradients = new Map([['w', tf.tensor1d(g)]]);
    optimise(weights, gradients, slots, { optimiser, rate, step });
    tf.dispose([...gradients.values()]);
    references.forEach((reference, i) => (expected[i]! -= reference(g[i]!, rate, step)));
    const got = weights.get('w')!.dataSync();
    for (let i = 0; i < count; i++) expect(Math.abs(got[i]! - expected[i]!)).toBeLessThan(2e-6);
  }
  tf.dispose([...weights.values(), ...slots.values()]);
  expect(tf.memory().numTensors).toBe(start);
});

it('the first step of ADAM is the original’s, not tfjs’s', () => {
  const weights = new Map<string, tf.Tensor>([['w', tf.scalar(0)]]);
  const gradients = new Map([['w', tf.scalar(1)]]);
  optimise(weights, gradients, firstSlots('ADAM', weights), { optimiser: 'ADAM', rate: 0.1, step: 1 });
  // lr·√.001/.1·.1/(√.001 + .1)
  expect(weights.get('w')!.dataSync()[0]).toBeCloseTo((-0.1 * Math.sqrt(0.001)) / (Math.sqrt(0.001) + 0.1), 7);
});

it('clipping keeps the direction and brings the global norm to the limit, or leaves small gradients alone', () => {
  const gradients = new Map<string, tf.Tensor>([
    ['a', tf.tensor1d([3, 0])],
    ['b', tf.tensor1d([4])],
  ]);
  const norm = globalNorm(gradients.values());
  expect(norm.dataSync()[0]).toBe(5);
  const values = (limit: number) =>
    [...clipped(gradients, norm, limit).values()].flatMap((gradient) => [...gradient.dataSync()]);
  values(1).forEach((g, i) => expect(g).toBeCloseTo([0.6, 0, 0.8][i]!, 6));
  expect(values(5)).toEqual([3, 0, 4]);
  expect(values(100)).toEqual([3, 0, 4]);
});

it('the moving average follows fast at first and slowly later', () => {
  const weights = new Map([['w', tf.scalar(1)]]);
  const average = (step: number) => {
    const averages = new Map<string, tf.Tensor>([['w', tf.scalar(0)]]);
    moveAverages(averages, weights, 0.9999, step);
    return averages.get('w')!.dataSync()[0];
  };
  expect(average(0)).toBeCloseTo(0.9, 6);
  expect(average(90)).toBeCloseTo(1 - 91 / 100, 6);
  expect(average(1e6)).toBeCloseTo(0.0001, 6);
});
