import { describe, expect, it } from 'vitest';
import { FaceError } from '../../../src/core/errors';
import type { WeightTensor } from '../../../src/core/weights';
import { GraphBuilder } from '../../../src/nn/builder';
import type { Graph, Op } from '../../../src/nn/graph';
import { checkWeights, inferShapes, outputLength, paddingAmounts, weightShapes } from '../../../src/nn/shapes';

function single(op: Op, shape = [2, 9, 8, 3]): Graph {
  const g = new GraphBuilder('test');
  return g.graph([g.add('y', g.input('x', shape), op)]);
}
const shapeOf = (op: Op, shape?: number[]) => inferShapes(single(op, shape)).get('y');

function failureOf(run: () => unknown): FaceError {
  try {
    run();
  } catch (error) {
    if (error instanceof FaceError) return error;
  }
  throw new Error('no FaceError was thrown');
}

describe('inferShapes', () => {
  const conv = { op: 'conv2d', kernel: [3, 2], stride: 2, out: 5, weights: 'w' } as const;
  const pool = { op: 'maxPool', size: 3, stride: 2 } as const;

  it.each<[string, Op, number[] | undefined, number[]]>([
    ['conv2d without padding', { ...conv, padding: 'valid' }, undefined, [2, 4, 4, 5]],
    ['conv2d padded as TensorFlow does', { ...conv, padding: 'same' }, undefined, [2, 5, 4, 5]],
    [
      'depthwiseConv2d padded as TensorFlow does',
      { op: 'depthwiseConv2d', kernel: [3, 2], stride: 2, padding: 'same', weights: 'w' },
      undefined,
      [2, 5, 4, 3],
    ],
    [
      'depthwiseConv2d over the whole picture',
      { op: 'depthwiseConv2d', kernel: [9, 8], stride: 1, padding: 'valid', weights: 'w' },
      undefined,
      [2, 1, 1, 3],
    ],
    ['a pool that rounds down', { ...pool, padding: 'valid' }, undefined, [2, 4, 3, 3]],
    ['a pool that rounds up', { ...pool, padding: 'ceil' }, undefined, [2, 4, 4, 3]],
    ['a padded pool', { ...pool, padding: 'same' }, undefined, [2, 5, 4, 3]],
    ['pad', { op: 'pad', bottom: 1, right: 2, channels: 3 }, undefined, [2, 10, 10, 6]],
    ['globalAvgPool', { op: 'globalAvgPool' }, undefined, [2, 3]],
    ['flatten', { op: 'flatten' }, undefined, [2, 216]],
    ['dense', { op: 'dense', out: 7, weights: 'w' }, [2, 4], [2, 7]],
    ['resize', { op: 'resize', height: 4, width: 20 }, undefined, [2, 4, 20, 3]],
    ['relu', { op: 'relu' }, undefined, [2, 9, 8, 3]],
    ['softmax', { op: 'softmax' }, [2, 4], [2, 4]],
  ])('gives the shape of %s', (_, op, shape, expected) => {
    expect(shapeOf(op, shape)).toEqual(expected);
  });

  it('adds up the channels of a concat', () => {
    const g = new GraphBuilder('test');
    const x = g.input('x', [1, 2, 2, 3]);
    const y = g.input('y', [1, 2, 2, 5]);
    expect(inferShapes(g.graph([g.add('z', [x, y], { op: 'concat' })])).get('z')).toEqual([1, 2, 2, 8]);
  });

  const x = { op: 'input', shape: [1, 4, 4, 3], name: 'x', inputs: [] } as const;
  const relu = (name: string, input: string) => ({ op: 'relu', name, inputs: [input] }) as const;
  it.each<[string, Graph, string]>([
    [
      'an unknown input',
      { name: 'g', nodes: [x, relu('y', 'z')], outputs: ['y'] },
      'node y (relu): its input z is unknown',
    ],
    [
      'a wrong order',
      { name: 'g', nodes: [relu('y', 'x'), x], outputs: ['y'] },
      'node y (relu): its input x comes after it',
    ],
    [
      'a name used twice',
      { name: 'g', nodes: [x, relu('x', 'x')], outputs: ['x'] },
      'node x (relu): the name is used twice',
    ],
    ['an unknown output', { name: 'g', nodes: [x], outputs: ['y'] }, 'its output y is unknown'],
    ['no outputs', { name: 'g', nodes: [x], outputs: [] }, 'it has no outputs'],
    [
      'a window larger than the input',
      single({ ...pool, padding: 'valid' }, [1, 2, 9, 3]),
      '2 pixels are too few for a window of 3',
    ],
    ['an image where rows are needed', single({ op: 'dense', out: 1, weights: 'w' }), 'not [batch, features]'],
    ['rows where an image is needed', single({ op: 'globalAvgPool' }, [1, 2]), 'not [batch, height, width, channels]'],
    ['one input where two are needed', single({ op: 'add' }), 'it has 1 inputs'],
    ['an input without size', single({ op: 'relu' }, [0, 3]), 'not one of whole numbers above 0'],
  ])('says which node has %s', (_, graph, reason) => {
    const error = failureOf(() => inferShapes(graph));
    expect(error.code).toBe('nn/bad-graph');
    expect(error.message).toContain(reason);
  });

  it('refuses to add or join what does not fit', () => {
    const g = new GraphBuilder('test');
    const a = g.input('a', [1, 2, 2, 3]);
    const b = g.input('b', [1, 2, 1, 3]);
    const wrong = (op: 'add' | 'concat') =>
      ({ name: 'g', nodes: [...g.graph([]).nodes, { op, name: 'y', inputs: [a, b] }], outputs: ['y'] }) as const;
    expect(failureOf(() => inferShapes(wrong('add'))).message).toContain('adds the shapes [1,2,2,3] and [1,2,1,3]');
    expect(failureOf(() => inferShapes(wrong('concat'))).message).toContain('joins the shapes');
  });
});

describe('weightShapes', () => {
  it('names every weight with its layout', () => {
    const g = new GraphBuilder('test');
    let y = g.conv('c', g.input('x', [1, 8, 8, 3]), { kernel: [3, 2], out: 4 });
    y = g.add('bn', y, { op: 'batchNorm', mean: 'm', variance: 'v', beta: 'b', epsilon: 0.001 });
    y = g.add('p', y, { op: 'prelu', alpha: 'a' });
    y = g.add('s', y, { op: 'scaleOffset', scale: 'k', offset: 'o' });
    y = g.depthwiseConv('w', y, { kernel: [3, 2] });
    y = g.dense('d', g.add('f', y, { op: 'globalAvgPool' }), { out: 6, bias: false });
    expect(Object.fromEntries(weightShapes(g.graph([y])))).toEqual({
      'c/weights': [4, 3, 2, 3],
      'c/biases': [4],
      m: [4],
      v: [4],
      b: [4],
      a: [4],
      k: [4],
      o: [4],
      'w/weights': [4, 3, 2, 1],
      'w/biases': [4],
      'd/weights': [6, 4],
    });
  });

  it('refuses one name for two shapes', () => {
    const g = new GraphBuilder('test');
    const x = g.input('x', [1, 8, 8, 3]);
    const y = g.conv('c', x, { kernel: [1, 1], out: 4 });
    const z = g.conv('d', y, { kernel: [1, 1], out: 4, scope: 'c' });
    expect(failureOf(() => weightShapes(g.graph([z]))).message).toContain(
      'c/weights are used as [4,1,1,3] and as [4,1,1,4]',
    );
  });
});

describe('checkWeights', () => {
  const graph = single({ op: 'prelu', alpha: 'a' });
  const alpha = (length: number): [string, WeightTensor][] => [
    ['a', { dtype: 'float32', shape: [length], data: new Float32Array(length) }],
  ];
  it('passes when all weights fit', () => {
    checkWeights(graph, new Map(alpha(3)));
  });
  it('names the weights that lack', () => {
    expect(failureOf(() => checkWeights(graph, new Map()))).toMatchObject({
      code: 'weights/missing-tensor',
      details: { name: 'a' },
    });
  });
  it('names the weights that do not fit', () => {
    expect(failureOf(() => checkWeights(graph, new Map(alpha(4))))).toMatchObject({
      code: 'weights/shape-mismatch',
      details: { name: 'a', got: '[4]', expected: '[3]' },
    });
  });
});

describe('paddingAmounts', () => {
  it('puts the odd one after, as TensorFlow does', () => {
    expect(paddingAmounts(8, 3, 2, 'same')).toEqual([0, 1]);
    expect(paddingAmounts(9, 3, 2, 'same')).toEqual([1, 1]);
  });
  it('pads only after for a pool that rounds up', () => {
    expect(paddingAmounts(22, 3, 2, 'ceil')).toEqual([0, 1]);
    expect(outputLength(22, 3, 2, 'ceil')).toBe(11);
  });
});
