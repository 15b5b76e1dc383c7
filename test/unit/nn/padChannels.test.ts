import { describe, expect, it } from 'vitest';
import type { WeightTensor, Weights } from '../../../src/core/weights';
import { onet } from '../../../src/models/onet';
import { pnetPyramid } from '../../../src/models/pnetPyramid';
import { rnet } from '../../../src/models/rnet';
import { GraphBuilder } from '../../../src/nn/builder';
import { fold } from '../../../src/nn/fold';
import type { Graph } from '../../../src/nn/graph';
import { fillTiles, padChannels } from '../../../src/nn/padChannels';
import { inferShapes, weightShapes } from '../../../src/nn/shapes';
import { opGraphs } from '../../fixtures/opGraphs';
import { randomNumbers, randomWeights, toFloat16, toInt8 } from '../../fixtures/randomWeights';
import { referenceRun, type Value } from '../../fixtures/referenceOps';

function inputsOf(graph: Graph): Float32Array[] {
  const sizes = graph.nodes.flatMap((node) => (node.op === 'input' ? [node.shape.reduce((a, b) => a * b, 1)] : []));
  return sizes.map((size, i) => randomNumbers(size, i + 1, -2, 2));
}

/** A network in which padded values meet every operation, in ways that the real ones do not. */
function mixed(): Graph {
  const g = new GraphBuilder('mixed');
  const x = g.input('x', [2, 7, 6, 3]);
  const conv = (name: string, from: string, out: number) =>
    g.conv(name, from, { kernel: [3, 3], out, padding: 'same' });
  const a = g.add('a/prelu', conv('a', x, 10), { op: 'prelu', alpha: 'a/alpha' });
  const b = g.add('b/relu', conv('b', a, 5), { op: 'relu' });
  const both = g.add('both', [a, b, x], { op: 'concat' });
  const windows = g.depthwiseConv('windows', both, { kernel: [3, 3], padding: 'same' });
  const c = conv('c', g.add('both/pool', windows, { op: 'maxPool', size: 3, stride: 2, padding: 'ceil' }), 10);
  const sum = g.add('sum', [c, conv('d', g.add('half', b, { op: 'resize', height: 3, width: 3 }), 10)], { op: 'add' });
  const scaled = g.add('scaled', sum, { op: 'scaleOffset', scale: 's/scale', offset: 's/offset' });
  const normal = g.add('normal', g.add('r', scaled, { op: 'relu' }), {
    op: 'batchNorm',
    mean: 'n/mean',
    variance: 'n/variance',
    beta: 'n/beta',
    epsilon: 0.001,
  });
  const wider = g.add('wider', normal, { op: 'pad', bottom: 1, right: 0, channels: 3 });
  const shared = g.conv('e2', wider, { kernel: [1, 1], out: 6, scope: 'e' });
  const rows = g.dense('f', g.add('flat', g.add('more', normal, { op: 'multiply', value: 0.5 }), { op: 'flatten' }), {
    out: 7,
  });
  const soft = g.add('soft', g.dense('h', rows, { out: 3, bias: false }), { op: 'softmax' });
  const unit = g.add('unit', rows, { op: 'l2Normalise' });
  const mean = g.add('mean', shared, { op: 'globalAvgPool' });
  const last = g.add('last', [soft, mean], { op: 'concat' });
  return g.graph([last, unit, shared, b, rows, x]);
}

const NETWORKS: { readonly name: string; readonly graph: Graph }[] = [
  { name: 'a network of every operation', graph: mixed() },
  {
    name: 'P-Net on three sizes',
    graph: pnetPyramid([32, 23, 16].map((side) => ({ height: side, width: side + 5 }))).graph,
  },
  { name: 'R-Net', graph: rnet({ batch: 2 }) },
  { name: 'O-Net', graph: onet({ batch: 1 }) },
  ...opGraphs(),
];

/** Of each layer's value that of the original: which places hold it cannot be seen from outside, so any may. */
function expectOnlyZerosAdded(graph: Graph, values: ReadonlyMap<string, Value>, original: ReadonlyMap<string, Value>) {
  for (const node of graph.nodes) {
    const before = original.get(node.name);
    if (!before) continue;
    const value = values.get(node.name)!;
    const [added, channels] = [value.shape.at(-1)! - before.shape.at(-1)!, value.shape.at(-1)!];
    expect(added, node.name).toBeGreaterThanOrEqual(0);
    for (let row = 0; row < value.data.length / channels; row++) {
      const numbers = value.data.subarray(row * channels, (row + 1) * channels);
      const expected = before.data.subarray(row * (channels - added), (row + 1) * (channels - added));
      let next = 0;
      for (const number of numbers)
        if (next < expected.length && number === expected[next]) next++;
        else expect(number, node.name).toBe(0);
      expect(next, node.name).toBe(expected.length);
    }
  }
}

describe('padChannels', () => {
  it.each(NETWORKS)(
    'gives the outputs of $name bit for bit, with nothing but zeros in the added channels',
    ({ graph }) => {
      const folded = fold(graph, randomWeights(graph, 3));
      const padded = padChannels(folded.graph, folded.weights);
      const inputs = inputsOf(graph);
      const expected = referenceRun(folded.graph, folded.weights, inputs);
      const values = referenceRun(padded.graph, padded.weights, inputs);
      padded.graph.outputs.forEach((name, i) => {
        expect(values.get(name)).toEqual(expected.get(folded.graph.outputs[i]!));
      });
      expectOnlyZerosAdded(padded.graph, values, expected);
    },
  );

  it.each(NETWORKS)('leaves no layer of $name with outputs that are no multiple of eight', ({ graph }) => {
    const folded = fold(graph, randomWeights(graph, 3));
    const padded = padChannels(folded.graph, folded.weights);
    const shapes = inferShapes(padded.graph);
    for (const { op, name } of padded.graph.nodes)
      if (op === 'conv2d' || op === 'dense') expect(shapes.get(name)!.at(-1)! % 8, name).toBe(0);
    expect([...padded.weights].map(([name, { shape }]) => [name, [...shape]])).toEqual(
      expect.arrayContaining([...weightShapes(padded.graph)]),
    );
  });

  it.each([
    ['float16', toFloat16],
    ['int8', toInt8],
  ])('keeps %s kernels what they are', (dtype, convert: (tensor: WeightTensor) => WeightTensor) => {
    const graph = mixed();
    const weights: Weights = new Map(
      [...fold(graph, randomWeights(graph, 3)).weights].map(([name, tensor]) => [
        name,
        name.endsWith('weights') ? convert(tensor) : tensor,
      ]),
    );
    const padded = padChannels(graph, weights);
    const kernels = [...padded.weights].filter(([name]) => name.includes('weights'));
    expect(new Set(kernels.map(([, tensor]) => tensor.dtype))).toEqual(new Set([dtype]));
    const inputs = inputsOf(graph);
    const expected = referenceRun(graph, weights, inputs);
    const values = referenceRun(padded.graph, padded.weights, inputs);
    padded.graph.outputs.forEach((name, i) => {
      expect(values.get(name)).toEqual(expected.get(graph.outputs[i]!));
    });
  });

  it.each(NETWORKS)('gives the outputs of $name bit for bit with sibling layers joined too', ({ graph }) => {
    const folded = fold(graph, randomWeights(graph, 3));
    const filled = fillTiles(folded.graph, folded.weights);
    const inputs = inputsOf(graph);
    const expected = referenceRun(folded.graph, folded.weights, inputs);
    const values = referenceRun(filled.graph, filled.weights, inputs);
    filled.graph.outputs.forEach((name, i) => {
      expect(values.get(name)).toEqual(expected.get(folded.graph.outputs[i]!));
    });
  });

  it('takes a slice from where its channels lie, and brings them together first only where they are apart', () => {
    const g = new GraphBuilder('slices');
    const a = g.conv('a', g.input('x', [1, 2, 2, 3]), { kernel: [1, 1], out: 5 });
    const both = g.add('both', [a, g.conv('b', a, { kernel: [1, 1], out: 4 })], { op: 'concat' });
    const within = g.add('within', a, { op: 'slice', begin: 1, channels: 3 });
    const across = g.add('across', both, { op: 'slice', begin: 3, channels: 4 });
    const graph = g.graph([within, across, g.conv('c', both, { kernel: [1, 1], out: 8 })]);
    const weights = randomWeights(graph, 5);
    const padded = padChannels(graph, weights);
    const inputs = inputsOf(graph);
    const [expected, values] = [
      referenceRun(graph, weights, inputs),
      referenceRun(padded.graph, padded.weights, inputs),
    ];
    graph.outputs.forEach((name, i) => {
      expect(values.get(padded.graph.outputs[i]!)).toEqual(expected.get(name));
    });
    expect(padded.graph.nodes.find(({ name }) => name === 'within')!.inputs).toEqual(['a']);
  });

  it('leaves a network alone whose layers fill the tiles, its weights uncopied', () => {
    const g = new GraphBuilder('full');
    const graph = g.graph([
      g.dense(
        'b',
        g.add('f', g.conv('a', g.input('x', [1, 4, 4, 3]), { kernel: [3, 3], out: 16 }), { op: 'flatten' }),
        { out: 8 },
      ),
    ]);
    const weights = randomWeights(graph, 1);
    const padded = padChannels(graph, weights);
    expect(padded.graph).toEqual(graph);
    for (const [name, tensor] of padded.weights) expect(tensor, name).toBe(weights.get(name));
  });
});
