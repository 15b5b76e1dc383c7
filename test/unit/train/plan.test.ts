import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/core/random';
import type { WeightTensor } from '../../../src/core/weights';
import { inceptionCutPoints, inceptionResnetV1 } from '../../../src/models/inceptionResnetV1';
import { GraphBuilder } from '../../../src/nn/builder';
import type { Graph } from '../../../src/nn/graph';
import { weightShapes } from '../../../src/nn/shapes';
import { runGraph, uploadWeights } from '../../../src/nn/tfjsOps';
import { completeConfig } from '../../../src/train/config/config';
import { runTraining } from '../../../src/train/network';
import {
  embeddingSizeOf,
  learningWeights,
  planRun,
  scratchBase,
  weightsBase,
  type Base,
} from '../../../src/train/plan';
import { HEAD } from '../../../src/train/state';
import { registerWasmKernels } from '../../../src/train/wasmKernels';
import { largestError, randomNumbers, randomWeights } from '../../fixtures/randomWeights';
import { SIZE } from '../../fixtures/tinyTraining';

const PEOPLE = ['Ada', 'Bo', 'Cy'];
const config = (more = {}) => completeConfig({ embeddingSize: 5, ...more });
const SMALL = { width: 1 / 32, size: 75 };
const scratch = (more = {}) => scratchBase(config(more), SMALL);

describe('what learns', () => {
  const base = scratch();
  const all = [...weightShapes(base.graph).keys()];
  const moving = (name: string) => /moving_(mean|variance)$/.test(name);

  it('all: every weight but the running statistics, and the head; nothing is frozen', () => {
    const { backbone, model } = planRun(base, config(), 'all', PEOPLE);
    expect(backbone).toBeNull();
    expect(model.trainable).toEqual([...all.filter((name) => !moving(name)), HEAD.weights, HEAD.biases]);
  });

  it('head: only the head; the whole network is frozen', () => {
    const plan = planRun(base, config(), 'head', PEOPLE);
    expect(plan).toMatchObject({ headOnly: true, newClasses: [0, 1, 2] });
    expect([...weightShapes(plan.backbone!)]).toEqual([...weightShapes(base.graph)]);
    expect(plan.backbone!.nodes.at(-1)).toMatchObject({ op: 'l2Normalise', inputs: base.graph.outputs });
    expect(plan.model.trainable).toEqual([HEAD.weights, HEAD.biases]);
    expect(planRun(base, config({ loss: 'arcface' }), 'head', PEOPLE).model.trainable).toEqual([HEAD.weights]);
    expect(learningWeights(plan).size).toBe(0);
  });

  it('last-blocks: the last two residual blocks and the bottleneck', () => {
    const { backbone, model } = planRun(base, config(), 'last-blocks', PEOPLE);
    const scopes = new Set(model.trainable.map((name) => name.split('/').slice(1, 3).join('/')));
    expect(backbone!.outputs).toEqual(['InceptionResnetV1/Repeat_2/block8_4']);
    expect([...scopes].filter((scope) => !/^(Block8|Bottleneck)/.test(scope))).toEqual([
      'Repeat_2/block8_5',
      'weights',
      'biases',
    ]);
  });

  it.each(inceptionCutPoints())('after %s: frozen and learning weights together are all, none is both', (after) => {
    const { backbone, model } = planRun(base, config(), { after }, PEOPLE);
    const [frozen, learning] = [weightShapes(backbone!), weightShapes(model.graph)];
    expect([...frozen.keys(), ...learning.keys()].sort()).toEqual(all.toSorted());
    for (const name of model.trainable) expect(frozen.has(name), name).toBe(false);
  });

  it.each([
    ['a cut that there is not', { after: 'nowhere' }, {}],
    ['a head for triplets', 'head', { loss: 'triplet' }],
    ['another embedding size than the network’s', 'all', { embeddingSize: 6 }],
  ] as const)('not %s: config/bad-value', (_, trainable, more) => {
    expect(() => planRun(base, config(more), trainable, PEOPLE)).toThrow(
      expect.objectContaining({ code: 'config/bad-value' }),
    );
  });
});

describe('where a run begins', () => {
  it('from scratch: the same seed gives the same weights, another one others', () => {
    const first = (seed: number) => [...scratch({ seed }).weights.values()][0]!.data;
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
  });

  it.each([true, false])(
    'from weights of our own (folded: %s): whatever their width and size, they are kept',
    (folded) => {
      const graph = inceptionResnetV1({ batch: 1, folded, normalise: false, embeddingSize: 5, ...SMALL });
      const weights = randomWeights(graph, 1);
      expect(embeddingSizeOf(weights)).toBe(5);
      const base = weightsBase(config(), weights, { size: SMALL.size });
      expect(base.folded).toBe(folded);
      expect(weightShapes(base.graph)).toEqual(weightShapes(graph));
      const plan = planRun(base, config(), 'all', PEOPLE);
      for (const [name, tensor] of weights) expect(plan.weights.get(name)).toBe(tensor);
    },
  );

  it('with another embedding size the bottleneck is new, everything else is kept', () => {
    const graph = inceptionResnetV1({ batch: 1, folded: true, normalise: false, embeddingSize: 7, ...SMALL });
    const weights = randomWeights(graph, 1);
    const base = weightsBase(config(), weights, { size: SMALL.size });
    for (const [name, tensor] of base.weights)
      expect(tensor === weights.get(name), name).toBe(!name.includes('/Bottleneck/'));
    expect(base.weights.get('InceptionResnetV1/Bottleneck/weights')!.shape[0]).toBe(5);
  });

  it('a head in the weights grows as people are added', () => {
    const graph = inceptionResnetV1({ batch: 1, folded: true, normalise: false, embeddingSize: 5, ...SMALL });
    const weights = new Map<string, WeightTensor>(randomWeights(graph, 1));
    weights.set(HEAD.weights, { dtype: 'float32', shape: [2, 5], data: randomNumbers(10, 3) });
    weights.set(HEAD.biases, { dtype: 'float32', shape: [2], data: randomNumbers(2, 4) });
    const base = weightsBase(config(), weights, { size: SMALL.size, people: ['Bo', 'Ada'] });
    const plan = planRun(base, config(), 'head', PEOPLE);
    expect(plan.newClasses).toEqual([2]);
    const grown = plan.weights.get(HEAD.weights)!;
    expect(grown.shape).toEqual([3, 5]);
    expect([...grown.data.slice(0, 5)]).toEqual([...weights.get(HEAD.weights)!.data.slice(5, 10)]);
  });
});

describe('the learning part, fed by the frozen one', () => {
  beforeAll(async () => {
    registerWasmKernels();
    await tf.setBackend('wasm');
  });

  it('has the gradients that it has within the whole network', () => {
    const g = new GraphBuilder('net');
    const x = g.add('r1', g.conv('c1', g.input('x', [1, SIZE, SIZE, 3]), { kernel: [3, 3], out: 4 }), { op: 'relu' });
    const y = g.add('r2', g.conv('c2', x, { kernel: [3, 3], out: 6 }), { op: 'relu' });
    const graph = g.graph([g.dense('d', g.add('p', y, { op: 'globalAvgPool' }), { out: 5 })]);
    const base: Base = { graph, weights: randomWeights(graph, 3), cuts: ['r1'], folded: false };
    const { backbone, model, weights } = planRun(base, config(), { after: 'r1' }, PEOPLE);
    tf.tidy(() => {
      const tensors = uploadWeights(graph, weights);
      const pictures = tf.tensor(randomNumbers(2 * SIZE * SIZE * 3, 1), [2, SIZE, SIZE, 3]);
      const direction = tf.tensor(randomNumbers(10, 5), [2, 5]);
      const names = ['c2/weights', 'c2/biases', 'd/weights'];
      const gradients = (part: Graph, input: tf.Tensor) => {
        const loss = (...values: tf.Tensor[]) => {
          const own = new Map([...tensors, ...names.map((name, i) => [name, values[i]!] as const)]);
          const random = new RandomStream(1).next;
          const [out] = runTraining(part, own, [input], { random, statistics: new Map() });
          return tf.sum<tf.Scalar>(tf.mul(out!, direction));
        };
        return tf
          .valueAndGrads(loss)(names.map((name) => tensors.get(name)!))
          .grads.map((grad) => grad.dataSync());
      };
      const [features] = runGraph(backbone!, tensors, [pictures]);
      const apart = gradients(model.graph, features!);
      gradients(graph, pictures).forEach((expected, i) => {
        expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.01);
        expect(largestError(apart[i]!, expected), names[i]).toBeLessThan(1e-6);
      });
    });
  });
});
