import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { cosine } from '../../../src/core/vectors';
import type { Weights } from '../../../src/core/weights';
import type { Graph } from '../../../src/nn/graph';
import { runGraph, uploadWeights } from '../../../src/nn/tfjsOps';
import { checkTrained, fileOf, foldedWeights } from '../../../src/train/trainedFiles';
import { readSafetensors } from '../../../src/weights/formats/safetensors';
import { trainedInfo, trainedRow } from '../../../src/weights/trained';
import { randomNumbers } from '../../fixtures/randomWeights';
import { SMALL, smallGraph, smallWeights } from '../../fixtures/trainedModel';
import { errorCode } from '../weights/errorCode';

const row = trainedRow(await trainedInfo(smallWeights(), SMALL), {});
const live = readSafetensors(smallWeights(), 'live');
const head = { dtype: 'float32', shape: [2, 16], data: randomNumbers(32, 3) } as const;

beforeAll(async () => {
  await tf.setBackend('wasm');
});

function embed(graph: Graph, weights: Weights): Float32Array {
  const picture = tf.tensor4d(randomNumbers(80 * 80 * 3, 2, -30, 30), [1, 80, 80, 3]);
  const tensors = uploadWeights(graph, weights);
  return tf.tidy(() => runGraph(graph, tensors, [picture])[0]!.dataSync<'float32'>());
}

it('folds live batch norm away: every precision embeds as the network that was trained', () => {
  const wanted = embed(smallGraph(false), live);
  const folded = foldedWeights(row, live);
  expect([...folded.keys()].some((name) => name.includes('BatchNorm'))).toBe(false);
  for (const [precision, least] of [
    ['float32', 1 - 1e-6],
    ['float16', 1 - 1e-5],
    ['int8', 0.998],
  ] as const) {
    const weights = readSafetensors(fileOf(folded, precision), precision);
    expect(weights.get('InceptionResnetV1/Bottleneck/weights')!.dtype).toBe(precision);
    expect(cosine(embed(smallGraph(true), weights), wanted), precision).toBeGreaterThan(least);
  }
});

it('keeps the head beside the network, and leaves everything else out', () => {
  const folded = foldedWeights(row, new Map([...live, ['Logits/weights', head], ['centres', head]]));
  expect(folded.get('Logits/weights')).toEqual(head);
  expect(folded.has('centres')).toBe(false);
});

it('refuses weights that lack a layer, or have another shape than the description says', () => {
  const lacking = new Map(live);
  lacking.delete('InceptionResnetV1/Block8/Conv2d_1x1/weights');
  expect(errorCode(() => checkTrained(row, lacking))).toBe('weights/missing-tensor');
  expect(errorCode(() => checkTrained({ ...row, width: 0.25 }, live))).toBe('weights/shape-mismatch');
  expect(errorCode(() => checkTrained({ ...row, embeddingSize: 17 }, live))).toBe('weights/shape-mismatch');
});
