import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { GraphBuilder } from '../../../src/nn/builder';
import { completeConfig } from '../../../src/train/config/config';
import { disposeState, firstState, HEAD } from '../../../src/train/state';
import { trainedWeights } from '../../../src/train/trained';
import { randomWeights } from '../../fixtures/randomWeights';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

it('what was uploaded comes back as it was, without the head; averages on request', async () => {
  const g = new GraphBuilder('small');
  const conv = g.conv('c', g.input('x', [1, 6, 6, 3]), { kernel: [3, 2], out: 4 });
  const graph = g.graph([g.dense('d', g.add('p', conv, { op: 'globalAvgPool' }), { out: 5, bias: false })]);
  const model = { graph, classes: 3, trainable: ['c/weights', 'd/weights', HEAD.weights, HEAD.biases] };
  const weights = randomWeights(graph, 1);
  const before = tf.memory().numTensors;
  const state = firstState(model, completeConfig({ embeddingSize: 5 }), weights);
  expect(await trainedWeights(model, state, false)).toEqual(weights);
  expect(await trainedWeights(model, state, true)).toEqual(weights);

  const average = state.averages.get('c/weights')!;
  state.averages.set('c/weights', tf.zerosLike(average));
  average.dispose();
  const averaged = await trainedWeights(model, state, true);
  expect(averaged.get('c/weights')!.data.every((value) => value === 0)).toBe(true);
  expect(averaged.get('c/biases')).toEqual(weights.get('c/biases'));
  expect(await trainedWeights(model, state, false)).toEqual(weights);
  disposeState(state);
  expect(tf.memory().numTensors).toBe(before);
});
