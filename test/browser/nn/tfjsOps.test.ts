import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { BackendName } from '../../../src/core/types';
import type { Engine } from '../../../src/nn/executor';
import { createTfjsEngine } from '../../../src/nn/tfjs';
import { opGraphs } from '../../fixtures/opGraphs';
import { largestError, randomNumbers, randomWeights } from '../../fixtures/randomWeights';
import { referenceRun } from '../../fixtures/referenceOps';

describe.each<BackendName>(['wasm', 'webgpu'])('tfjs on %s', (backend) => {
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await createTfjsEngine({ backend }).catch((error: unknown) => {
      if (backend === 'wasm' || inject('expectWebgpu')) throw error;
      return undefined;
    });
  });
  afterAll(() => engine?.dispose());

  it.for(opGraphs())('computes $name as its definition says', async ({ graph }, context) => {
    if (!engine) return context.skip('there is no WebGPU here');
    const weights = randomWeights(graph, 7);
    const inputs = graph.nodes.flatMap((node, i) =>
      node.op === 'input'
        ? [
            randomNumbers(
              node.shape.reduce((a, b) => a * b, 1),
              i + 1,
              -2,
              2,
            ),
          ]
        : [],
    );
    const executor = await engine.prepare(graph, weights);
    const outputs = await executor.run(inputs);
    executor.dispose();
    const reference = referenceRun(graph, weights, inputs);
    graph.outputs.forEach((name, i) => {
      expect(executor.outputShapes[i]).toEqual(reference.get(name)!.shape);
      expect(largestError(outputs[i]!, reference.get(name)!.data)).toBeLessThan(1e-5);
    });
  });
});
