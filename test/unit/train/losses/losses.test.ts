import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { arcfaceLogits } from '../../../../src/train/losses/arcface';
import { centreLoss, moveCentres } from '../../../../src/train/losses/centre';
import { prelogitsNorm } from '../../../../src/train/losses/prelogitsNorm';
import { accuracy, softmaxCrossEntropy } from '../../../../src/train/losses/softmax';
import { tripletLoss } from '../../../../src/train/losses/triplet';
import { weightDecay } from '../../../../src/train/losses/weightDecay';
import { finiteDifferences, tensorGradients, type PlainLoss } from '../../../fixtures/gradients';
import { randomNumbers } from '../../../fixtures/randomWeights';

const N = 4;
const D = 3;
const K = 5;
const LABELS = [0, 3, 3, 1];
const numbers = (length: number, seed: number, size = 2) => [...randomNumbers(length, seed, -size, size)];
const rowsOf = (flat: readonly number[], size: number) =>
  Array.from({ length: flat.length / size }, (_, i) => flat.slice(i * size, (i + 1) * size));
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;

function crossEntropy(logits: readonly number[], smoothing: number): number {
  const rows = rowsOf(logits, K).map((row, i) => {
    const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
    return row.reduce((sum, x, c) => {
      const target = (c === LABELS[i] ? 1 - smoothing : 0) + smoothing / K;
      return sum - target * Math.log(Math.exp(x) / total);
    }, 0);
  });
  return mean(rows);
}

function arcface(embeddings: readonly number[], directions: readonly number[], margin: number, scale: number): number {
  const logits = rowsOf(embeddings, D).flatMap((e, i) =>
    rowsOf(directions, D).map((w, c) => {
      const cos = dot(e, w) / Math.sqrt(dot(e, e) * dot(w, w));
      const angle = Math.acos(cos);
      if (c !== LABELS[i]) return scale * cos;
      return scale * (angle + margin < Math.PI ? Math.cos(angle + margin) : cos - margin * Math.sin(margin));
    }),
  );
  return crossEntropy(logits, 0);
}

const TRIPLETS = [
  { anchor: 0, positive: 1, negative: 2 },
  { anchor: 1, positive: 0, negative: 3 },
  { anchor: 2, positive: 3, negative: 0 },
];
function triplet(embeddings: readonly number[]): number {
  const rows = rowsOf(embeddings, D);
  const d2 = (a: number, b: number) => rows[a]!.reduce((sum, x, i) => sum + (x - rows[b]![i]!) ** 2, 0);
  return mean(TRIPLETS.map((t) => Math.max(0, d2(t.anchor, t.positive) - d2(t.anchor, t.negative) + 0.2)));
}

const CENTRES = numbers(K * D, 90);

interface Case {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly inputs: readonly (readonly number[])[];
  readonly tensors: (...tensors: tf.Tensor[]) => tf.Scalar;
  readonly plain: PlainLoss;
}
const logits = { shapes: [[N, K]], inputs: [numbers(N * K, 1)] };
const features = { shapes: [[N, D]], inputs: [numbers(N * D, 2)] };
const CASES: readonly Case[] = [
  {
    name: 'softmax cross-entropy',
    ...logits,
    tensors: (x) => softmaxCrossEntropy(x as tf.Tensor2D, LABELS),
    plain: (x) => crossEntropy(x, 0),
  },
  {
    name: 'softmax cross-entropy with label smoothing',
    ...logits,
    tensors: (x) => softmaxCrossEntropy(x as tf.Tensor2D, LABELS, 0.1),
    plain: (x) => crossEntropy(x, 0.1),
  },
  {
    name: 'centre loss',
    ...features,
    tensors: (f) => centreLoss(f as tf.Tensor2D, tf.tensor2d(CENTRES, [K, D]), LABELS),
    plain: (f) => {
      const centres = rowsOf(CENTRES, D);
      return mean(rowsOf([...f], D).flatMap((row, i) => row.map((x, c) => (x - centres[LABELS[i]!]![c]!) ** 2)));
    },
  },
  ...[1, 2, 1.5].map((p) => ({
    name: `prelogits norm, p = ${p}`,
    ...features,
    tensors: (f: tf.Tensor) => prelogitsNorm(f as tf.Tensor2D, p),
    plain: (f: readonly number[]) =>
      mean(rowsOf(f, D).map((row) => row.reduce((sum, x) => sum + (Math.abs(x) + 1e-4) ** p, 0) ** (1 / p))),
  })),
  {
    name: 'weight decay',
    shapes: [[2, 3], [4]],
    inputs: [numbers(6, 3), numbers(4, 4)],
    tensors: (...kernels) => weightDecay(kernels),
    plain: (a, b) => 0.5 * (dot(a, a) + dot(b, b)),
  },
  {
    name: 'triplet loss',
    ...features,
    tensors: (e) => tripletLoss(e as tf.Tensor2D, TRIPLETS, 0.2),
    plain: (e) => triplet(e),
  },
  ...[0.5, 2.5].map((margin) => ({
    name: `ArcFace, margin ${margin}`,
    shapes: [
      [N, D],
      [K, D],
    ],
    inputs: [numbers(N * D, 5), numbers(K * D, 6)],
    tensors: (e: tf.Tensor, w: tf.Tensor) =>
      softmaxCrossEntropy(arcfaceLogits(e as tf.Tensor2D, w as tf.Tensor2D, LABELS, { margin, scale: 8 }), LABELS),
    plain: (e: readonly number[], w: readonly number[]) => arcface(e, w, margin, 8),
  })),
] as readonly Case[];

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => expect(tf.memory().numTensors).toBe(before));

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  describe.each(CASES)('$name', ({ shapes, inputs, tensors, plain }) => {
    it('has the value of its formula', () => {
      const { value } = tensorGradients(tensors, shapes, inputs);
      expect(Math.abs(value - plain(...inputs))).toBeLessThan(1e-5);
    });

    it('has the gradient that finite differences give', () => {
      const { gradients } = tensorGradients(tensors, shapes, inputs);
      finiteDifferences(plain, inputs).forEach((expected, which) =>
        expected.forEach((g, i) => expect(Math.abs(gradients[which]![i]! - g)).toBeLessThan(2e-5)),
      );
    });
  });

  it('the ArcFace cases cover both sides of π', () => {
    const angles = rowsOf(numbers(N * D, 5), D).map((e, i) => {
      const w = rowsOf(numbers(K * D, 6), D)[LABELS[i]!]!;
      return Math.acos(dot(e, w) / Math.sqrt(dot(e, e) * dot(w, w)));
    });
    expect(angles.some((angle) => angle + 2.5 > Math.PI)).toBe(true);
    expect(angles.some((angle) => angle + 0.5 < Math.PI)).toBe(true);
  });

  it('softmax cross-entropy stays finite for huge logits', () => {
    const value = tf.tidy(() => softmaxCrossEntropy(tf.tensor2d([[1000, -1000]]), [1]).dataSync()[0]!);
    expect(value).toBe(2000);
  });

  it('centres move by a twentieth of the way for each row of theirs, others stay', () => {
    const f = numbers(N * D, 2);
    const moved = tf.tidy(() => [
      ...moveCentres(tf.tensor2d(CENTRES, [K, D]), tf.tensor2d(f, [N, D]), LABELS, 0.95).dataSync(),
    ]);
    const expected = rowsOf(CENTRES, D).map((centre, k) =>
      centre.map((c, j) => {
        const own = rowsOf(f, D).filter((_, i) => LABELS[i] === k);
        return c - own.reduce((sum, row) => sum + 0.05 * (c - row[j]!), 0);
      }),
    );
    moved.forEach((c, i) => expect(c).toBeCloseTo(expected.flat()[i]!, 5));
    expect(moved.slice(2 * D, 3 * D)).toEqual([...Float32Array.from(CENTRES.slice(2 * D, 3 * D))]);
  });

  it('accuracy is the share of rows whose largest logit is the label', () => {
    const rows = [
      [1, 2, 0],
      [5, 2, 0],
      [1, 2, 9],
      [0, 2, 1],
    ];
    expect(tf.tidy(() => accuracy(tf.tensor2d(rows), [1, 0, 2, 2]).dataSync()[0])).toBe(0.75);
  });

  it('the triplet loss of no triplets is zero, and so is its gradient', () => {
    const { value, gradients } = tensorGradients(
      (e) => tripletLoss(e as tf.Tensor2D, [], 0.2),
      [[N, D]],
      [numbers(N * D, 2)],
    );
    expect(value).toBe(0);
    expect(gradients[0]!.every((g) => Object.is(Math.abs(g), 0))).toBe(true);
  });
});
