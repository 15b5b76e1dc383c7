import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { BackendName } from '../../../src/core/types';
import { GraphBuilder } from '../../../src/nn/builder';
import type { Engine } from '../../../src/nn/executor';
import type { Graph } from '../../../src/nn/graph';
import { createLiteRtEngine } from '../../../src/nn/litert';
import { opGraphs } from '../../fixtures/opGraphs';
import { largestError, randomNumbers, randomWeights, toInt8 } from '../../fixtures/randomWeights';
import { referenceRun } from '../../fixtures/referenceOps';

function inputsOf(graph: Graph): Float32Array[] {
  const sizes = graph.nodes.flatMap((node) => (node.op === 'input' ? [node.shape.reduce((a, b) => a * b, 1)] : []));
  return sizes.map((size, i) => randomNumbers(size, i + 1, -2, 2));
}

/** Forms that only this engine treats in ways of their own. */
function fused(): { name: string; graph: Graph }[] {
  const build = (name: string, make: (g: GraphBuilder, x: string) => string[]) => {
    const g = new GraphBuilder(name);
    return { name, graph: g.graph(make(g, g.input('x', [1, 7, 7, 4]))) };
  };
  const conv = (g: GraphBuilder, name: string, x: string) =>
    g.conv(name, x, { kernel: [3, 3], out: 4, padding: 'same' });
  return [
    build('a ReLU after a convolution', (g, x) => [g.add('r', conv(g, 'c', x), { op: 'relu' })]),
    build('a ReLU whose input is read by another node too', (g, x) => {
      const c = conv(g, 'c', x);
      return [g.add('sum', [c, g.add('r', c, { op: 'relu' })], { op: 'add' })];
    }),
    build('a ReLU whose input is an output too', (g, x) => {
      const c = conv(g, 'c', x);
      return [c, g.add('r', c, { op: 'relu' })];
    }),
    build('a ReLU after a sum of three', (g, x) => {
      const parts = ['c1', 'c2', 'c3'].map((name) => conv(g, name, x));
      return [g.add('r', g.add('sum', parts, { op: 'add' }), { op: 'relu' })];
    }),
    build('a max pool that rounds up as no padding of the file does', (g, x) => [
      g.add('p', x, { op: 'maxPool', size: 3, stride: 3, padding: 'ceil' }),
    ]),
    build('a batch norm that nothing can absorb', (g, x) => [
      g.add('n', g.add('r', x, { op: 'relu' }), {
        op: 'batchNorm',
        mean: 'm',
        variance: 'variance',
        beta: 'b',
        epsilon: 0.001,
      }),
    ]),
    build('one value as two outputs, and an input as an output', (g, x) => {
      const pooled = g.add('pooled', x, { op: 'globalAvgPool' });
      return [pooled, g.add('dropped', pooled, { op: 'dropout', keep: 0.5 }), x];
    }),
  ];
}

describe.each<BackendName>(['wasm', 'webgpu'])('LiteRT on %s', (backend) => {
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await createLiteRtEngine({ backend }).catch((error: unknown) => {
      if (backend === 'wasm' || inject('expectWebgpu')) throw error;
      return undefined;
    });
  });
  afterAll(() => engine?.dispose());

  it.each([...opGraphs(), ...fused()])('computes $name as its definition says', async ({ graph }) => {
    if (!engine) return;
    const weights = randomWeights(graph, 7);
    const inputs = inputsOf(graph);
    const executor = await engine.prepare(graph, weights);
    const outputs = await executor.run(inputs);
    executor.dispose();
    const reference = referenceRun(graph, weights, inputs);
    graph.outputs.forEach((name, i) => {
      expect(executor.outputShapes[i]).toEqual(reference.get(name)!.shape);
      expect(largestError(outputs[i]!, reference.get(name)!.data)).toBeLessThan(1e-5);
    });
  });

  it('leaves a row of zeros as it is when normalising', async () => {
    if (!engine) return;
    const g = new GraphBuilder('zeros');
    const executor = await engine.prepare(
      g.graph([g.add('y', g.input('x', [2, 3]), { op: 'l2Normalise' })]),
      new Map(),
    );
    const [output] = await executor.run([Float32Array.of(0, 0, 0, 0, 3, -4)]);
    executor.dispose();
    expect(largestError(output!, [0, 0, 0, 0, 0.6, -0.8])).toBeLessThan(1e-6);
  });

  it.each(opGraphs().filter(({ name }) => /conv2d|depthwise|dense/.test(name)))(
    'computes $name with 8-bit weights, off only by the activations’ rounding',
    async ({ graph }) => {
      if (!engine) return;
      const weights = new Map(
        [...randomWeights(graph, 7)].map(([name, tensor]) => [name, name === 'w' ? toInt8(tensor) : tensor]),
      );
      const inputs = inputsOf(graph);
      const executor = await engine.prepare(graph, weights, { precision: 'int8' });
      const [output] = await executor.run(inputs);
      executor.dispose();
      // Activations lie in −2…2: a step of 8 bits is 4 / 255, and the random kernels' sums keep about that size.
      expect(largestError(output!, referenceRun(graph, weights, inputs).get('y')!.data)).toBeLessThan(0.03);
    },
  );
});
