import { describe, expect, it } from 'vitest';
import { inceptionCutPoints, inceptionResnetV1 } from '../../../src/models/inceptionResnetV1';
import { GraphBuilder } from '../../../src/nn/builder';
import { cutGraph } from '../../../src/nn/cut';
import { weightShapes } from '../../../src/nn/shapes';
import { largestError, randomNumbers, randomWeights } from '../../fixtures/randomWeights';
import { referenceRun } from '../../fixtures/referenceOps';

function network() {
  const g = new GraphBuilder('net');
  const x = g.add('r1', g.conv('c1', g.input('x', [1, 8, 8, 3]), { kernel: [3, 3], out: 4 }), { op: 'relu' });
  const up = g.conv('c2', x, { kernel: [3, 3], out: 4, padding: 'same' });
  const sum = g.add('sum', [x, up], { op: 'add' });
  return g.graph([g.dense('d', g.add('p', sum, { op: 'globalAvgPool' }), { out: 5 })]);
}

it.each(['r1', 'sum', 'p', 'd'])('both parts, one after the other, give the whole network’s value: cut at %s', (at) => {
  const graph = network();
  const weights = randomWeights(graph, 1);
  const input = randomNumbers(8 * 8 * 3, 2);
  const { before, after } = cutGraph(graph, at);
  const middle = referenceRun(before, weights, [input]).get(at)!.data;
  const whole = referenceRun(graph, weights, [input]).get('d')!.data;
  expect(largestError(referenceRun(after, weights, [middle]).get('d')!.data, whole)).toBe(0);
});

describe.each([true, false])('Inception-ResNet-v1 (folded: %s)', (folded) => {
  const graph = inceptionResnetV1({ batch: 2, folded, normalise: false });
  it.each(inceptionCutPoints())('can be cut at %s: every weight is in exactly one part', (at) => {
    const { before, after } = cutGraph(graph, at);
    const [first, second] = [weightShapes(before), weightShapes(after)];
    expect(new Map([...first, ...second])).toEqual(weightShapes(graph));
    expect(first.size + second.size).toBe(weightShapes(graph).size);
  });
});

it.each([
  ['nowhere', 'no nowhere'],
  ['c2', 'unknown'],
])('a network cannot be cut at %s', (at, reason) => {
  expect(() => cutGraph(network(), at)).toThrow(expect.objectContaining({ code: 'nn/bad-graph' }));
  expect(() => cutGraph(network(), at)).toThrow(reason);
});
