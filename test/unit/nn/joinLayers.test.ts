import { describe, expect, it } from 'vitest';
import { onet } from '../../../src/models/onet';
import { pnetPyramid } from '../../../src/models/pnetPyramid';
import { GraphBuilder } from '../../../src/nn/builder';
import type { Graph } from '../../../src/nn/graph';
import { joinLayers } from '../../../src/nn/joinLayers';
import { inferShapes } from '../../../src/nn/shapes';
import { randomNumbers, randomWeights, toInt8 } from '../../fixtures/randomWeights';
import { referenceRun } from '../../fixtures/referenceOps';

const layers = (graph: Graph) =>
  graph.nodes.flatMap((node) => (node.op === 'conv2d' || node.op === 'dense' ? [`${node.name} ${node.out}`] : []));

describe('joinLayers', () => {
  it.each([
    ['P-Net', pnetPyramid([{ height: 14, width: 17 }]).graph, ['PNet/level0/conv4_1/joint 6']],
    ['O-Net', onet({ batch: 2 }), ['ONet/fc2_1/joint 16']],
  ])('makes one layer of the heads of %s, with the same numbers', (_, graph, heads) => {
    const weights = randomWeights(graph, 4);
    const joint = joinLayers(graph, weights, 8);
    expect(layers(joint.graph).slice(-heads.length)).toEqual(heads);
    const inputs = [
      randomNumbers(
        inferShapes(graph)
          .get(graph.nodes[0]!.name)!
          .reduce((a, b) => a * b, 1),
        1,
      ),
    ];
    const [expected, values] = [referenceRun(graph, weights, inputs), referenceRun(joint.graph, joint.weights, inputs)];
    for (const name of graph.outputs) expect(values.get(name)).toEqual(expected.get(name));
  });

  it('shares the joint weights between the levels of a pyramid', () => {
    const sizes = [14, 13, 12].map((side) => ({ height: side, width: side }));
    const { graph } = pnetPyramid(sizes);
    const joint = joinLayers(graph, randomWeights(graph, 4), 8);
    expect([...joint.weights.keys()].filter((name) => name.includes(' and '))).toEqual([
      'kernels of PNet/conv4_1/weights and PNet/conv4_2/weights',
      'biases of PNet/conv4_1/biases and PNet/conv4_2/biases',
    ]);
  });

  it('leaves layers apart that fill their tiles, differ in form, read other values, are 8-bit or have no bias', () => {
    const g = new GraphBuilder('apart');
    const x = g.input('x', [1, 5, 5, 4]);
    g.conv('full1', x, { kernel: [1, 1], out: 8 });
    g.conv('full2', x, { kernel: [1, 1], out: 8 });
    g.conv('wide', x, { kernel: [3, 3], out: 2 });
    g.conv('bare', x, { kernel: [3, 3], out: 2, bias: false });
    g.conv('other', 'full1', { kernel: [3, 3], out: 2 });
    g.conv('same', x, { kernel: [3, 3], out: 2, padding: 'same' });
    g.conv('quantised1', 'full2', { kernel: [1, 1], out: 2 });
    g.conv('quantised2', 'full2', { kernel: [1, 1], out: 2 });
    const graph = g.graph(['wide', 'bare', 'other', 'same', 'quantised1', 'quantised2']);
    const weights = new Map(
      [...randomWeights(graph, 4)].map(([name, tensor]) => [
        name,
        /quantised.\/weights/.test(name) ? toInt8(tensor) : tensor,
      ]),
    );
    expect(joinLayers(graph, weights, 8).graph).toEqual(graph);
  });
});
