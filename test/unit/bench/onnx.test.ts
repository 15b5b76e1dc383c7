import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { GraphBuilder } from '../../../src/nn/builder';
import type { Graph } from '../../../src/nn/graph';
import { channelsFirst, graphToOnnx } from '../../bench/onnx';
import { largestError, randomNumbers, randomWeights } from '../../fixtures/randomWeights';
import { referenceRun } from '../../fixtures/referenceOps';

const SHAPE = [2, 9, 8, 3] as const;

/** One of every operation that the recognition networks have. */
function network(): Graph {
  const g = new GraphBuilder('test');
  const x = g.input('x', SHAPE);
  let y = g.conv('a', x, { kernel: [3, 3], out: 4, stride: 2, padding: 'same', bias: false });
  const norm = { mean: 'a/mean', variance: 'a/variance', beta: 'a/beta', epsilon: 0.001 };
  y = g.add('a/relu', g.add('a/bn', y, { op: 'batchNorm', ...norm }), { op: 'relu' });
  const z = g.add('half', g.conv('b', y, { kernel: [1, 3], out: 4, padding: 'same' }), { op: 'multiply', value: 0.5 });
  y = g.add('both', [y, g.add('sum', [y, z], { op: 'add' })], { op: 'concat' });
  y = g.add('pool', y, { op: 'maxPool', size: 3, stride: 2, padding: 'valid' });
  y = g.add('drop', g.add('mean', y, { op: 'globalAvgPool' }), { op: 'dropout', keep: 0.5 });
  const d = g.dense('d', y, { out: 5 });
  return g.graph([g.add('unit', d, { op: 'l2Normalise' }), d]);
}

test('onnxruntime-web computes from the written file what the plain loops compute from the graph', async () => {
  const graph = network();
  const weights = randomWeights(graph, 1);
  const input = randomNumbers(2 * 9 * 8 * 3, 2);
  env.wasm.numThreads = 1;
  const session = await InferenceSession.create(graphToOnnx(graph, weights), { executionProviders: ['wasm'] });
  const feed = new Tensor('float32', channelsFirst(input, 2, 9 * 8, 3), [2, 3, 9, 8]);
  const outputs = await session.run({ input0: feed });
  const expected = referenceRun(graph, weights, [input]);
  graph.outputs.forEach((name, i) => {
    const found = outputs[`output${i}`]!.data as Float32Array;
    expect(largestError(found, expected.get(name)!.data)).toBeLessThan(1e-5);
  });
  await session.release();
});

test('an operation without ONNX form is named', () => {
  const g = new GraphBuilder('test');
  const graph = g.graph([g.add('s', g.input('x', SHAPE), { op: 'softmax' })]);
  expect(() => graphToOnnx(graph, new Map())).toThrow('no ONNX form of softmax (s)');
});
