import { describe, expect, it } from 'vitest';
import type { WeightTensor, Weights } from '../../../src/core/weights';
import { inceptionResnetV1 } from '../../../src/models/inceptionResnetV1';
import { GraphBuilder } from '../../../src/nn/builder';
import { fold } from '../../../src/nn/fold';
import type { Graph } from '../../../src/nn/graph';
import { weightShapes } from '../../../src/nn/shapes';
import { largestError, randomNumbers, randomWeights, toInt8 } from '../../fixtures/randomWeights';
import { referenceRun } from '../../fixtures/referenceOps';

const SHAPE = [2, 6, 5, 3];
const input = randomNumbers(2 * 6 * 5 * 3, 1);

function outputsOf(graph: Graph, weights: Weights): Float64Array[] {
  const values = referenceRun(graph, weights, [input]);
  return graph.outputs.map((name) => values.get(name)!.data);
}

const batchNorm = (name: string) =>
  ({
    op: 'batchNorm',
    mean: `${name}/mean`,
    variance: `${name}/variance`,
    beta: `${name}/beta`,
    epsilon: 0.001,
  }) as const;
const scaleOffset = (name: string) =>
  ({ op: 'scaleOffset', scale: `${name}/scale`, offset: `${name}/offset` }) as const;

function network(): Graph {
  const g = new GraphBuilder('test');
  let y = g.conv('a', g.input('x', SHAPE), { kernel: [3, 3], out: 4, bias: false });
  y = g.add('a/relu', g.add('a/bn', y, batchNorm('a')), { op: 'relu' });
  let z = g.conv('b', y, { kernel: [1, 1], out: 4 });
  z = g.add('b/twice', g.add('b/scaled', z, scaleOffset('b')), { op: 'multiply', value: -0.3 });
  y = g.add('sum', [y, z], { op: 'add' });
  y = g.add('e/bn', g.depthwiseConv('e', y, { kernel: [3, 3], bias: false }), batchNorm('e'));
  y = g.add('e/scaled', y, scaleOffset('e'));
  y = g.add('drop', g.add('mean', y, { op: 'globalAvgPool' }), { op: 'dropout', keep: 0.5 });
  y = g.add('d/bn', g.dense('d', y, { out: 5, bias: false }), batchNorm('d'));
  return g.graph([y, z]);
}

describe('fold', () => {
  const graph = network();
  const weights = randomWeights(graph, 1);
  const folded = fold(graph, weights);

  it('leaves only layers that compute, with the names they had', () => {
    expect(folded.graph.nodes.map((node) => node.name)).toEqual(['x', 'a', 'a/relu', 'b', 'sum', 'e', 'mean', 'd']);
    expect(folded.graph.outputs).toEqual(['d', 'b']);
    expect([...folded.weights.keys()]).toEqual([...weightShapes(folded.graph).keys()]);
  });

  it('gives the same outputs', () => {
    const before = outputsOf(graph, weights);
    outputsOf(folded.graph, folded.weights).forEach((output, i) => {
      expect(largestError(output, before[i]!)).toBeLessThan(1e-6);
    });
  });

  it('keeps int8 kernels 8-bit, negative factors too', () => {
    const int8 = new Map<string, WeightTensor>(weights);
    for (const name of ['a/weights', 'b/weights', 'd/weights', 'e/weights']) int8.set(name, toInt8(weights.get(name)!));
    const result = fold(graph, int8);
    expect(result.weights.get('b/weights')!.dtype).toBe('int8');
    const tensor = result.weights.get('b/weights')!;
    expect(tensor.dtype === 'int8' && tensor.scale.every((s) => s > 0)).toBe(true);
    const before = outputsOf(graph, int8);
    outputsOf(result.graph, result.weights).forEach((output, i) => {
      expect(largestError(output, before[i]!)).toBeLessThan(1e-6);
    });
  });

  it('leaves the given weights as they are and unchanged ones unconverted', () => {
    const g = new GraphBuilder('test');
    const plain = g.graph([g.conv('c', g.input('x', SHAPE), { kernel: [1, 1], out: 2 })]);
    const half: WeightTensor = { dtype: 'float16', shape: [2, 1, 1, 3], data: new Uint16Array(6).fill(0x3c00) };
    const own = new Map(randomWeights(plain, 2)).set('c/weights', half);
    expect(fold(plain, own).weights.get('c/weights')).toBe(half);
  });

  it('does not fold into a layer that others read', () => {
    const g = new GraphBuilder('test');
    const c = g.conv('c', g.input('x', SHAPE), { kernel: [1, 1], out: 2 });
    const scaled = g.add('s', c, { op: 'multiply', value: 2 });
    const both = g.graph([g.add('sum', [c, scaled], { op: 'add' })]);
    expect(fold(both, randomWeights(both, 3)).graph.nodes).toEqual(both.nodes);
    const output = { ...both, nodes: both.nodes.slice(0, 3), outputs: ['s', 'c'] };
    expect(fold(output, randomWeights(output, 3)).graph.outputs).toEqual(['s', 'c']);
  });

  it('gives each of two layers with one kernel its own when they are scaled differently', () => {
    const g = new GraphBuilder('test');
    const x = g.input('x', SHAPE);
    const one = g.conv('one', x, { kernel: [1, 1], out: 2, scope: 'shared' });
    const two = g.add('two/s', g.conv('two', x, { kernel: [1, 1], out: 2, scope: 'shared' }), {
      op: 'multiply',
      value: 3,
    });
    const both = g.graph([one, two]);
    const own = randomWeights(both, 4);
    const result = fold(both, own);
    const before = outputsOf(both, own);
    outputsOf(result.graph, result.weights).forEach((output, i) => {
      expect(largestError(output, before[i]!)).toBeLessThan(1e-6);
    });
  });

  it('makes the folded Inception-ResNet-v1 of the unfolded one', () => {
    const unfolded = inceptionResnetV1({ batch: 1, folded: false });
    const result = fold(unfolded, randomWeights(unfolded, 5));
    const wanted = inceptionResnetV1({ batch: 1, folded: true });
    expect(result.graph.nodes).toEqual(
      wanted.nodes
        .filter((node) => node.op !== 'dropout')
        .map((node) => (node.name.endsWith('Bottleneck') ? { ...node, inputs: ['InceptionResnetV1/AvgPool'] } : node)),
    );
    expect(result.graph.outputs).toEqual(wanted.outputs);
  });
});
