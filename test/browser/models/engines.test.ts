import { afterAll, describe, expect, inject, it } from 'vitest';
import { inceptionResnetV1 } from '../../../src/models/inceptionResnetV1';
import { MOBILE_FACE_NET_EMBEDDING, MOBILE_FACE_NET_SIZE, mobileFaceNet } from '../../../src/models/mobileFaceNet';
import { ONET_SIZE, onet } from '../../../src/models/onet';
import { pnet } from '../../../src/models/pnet';
import { pnetPyramid } from '../../../src/models/pnetPyramid';
import { rnet } from '../../../src/models/rnet';
import type { BackendName } from '../../../src/core/types';
import type { Weights } from '../../../src/core/weights';
import type { Engine } from '../../../src/nn/executor';
import type { Graph } from '../../../src/nn/graph';
import { createLiteRtEngine } from '../../../src/nn/litert';
import { createTfjsEngine } from '../../../src/nn/tfjs';
import { largestError, randomNumbers, randomWeights, toFloat16, toInt8 } from '../../fixtures/randomWeights';
import { referenceRun, type Value } from '../../fixtures/referenceOps';

const LEVELS = [
  { height: 31, width: 40 },
  { height: 22, width: 29 },
  { height: 12, width: 12 },
];
const NETWORKS: readonly Graph[] = [
  pnet({ height: 31, width: 40 }),
  { ...pnetPyramid(LEVELS).graph, name: 'P-Net on a pyramid' },
  rnet({ batch: 3 }),
  onet({ batch: 2 }),
  mobileFaceNet({ batch: 1 }),
  { ...inceptionResnetV1({ batch: 1, folded: true }), name: 'InceptionResnetV1 folded' },
  // Narrow: in plain loops the full one takes most of this file's time, and it differs from the one above in batch norm only.
  { ...inceptionResnetV1({ batch: 1, folded: false, width: 0.25 }), name: 'InceptionResnetV1 with batch norm' },
];

interface Case {
  readonly weights: Weights;
  readonly inputs: Float32Array[];
  readonly values: Map<string, Value>;
}
const cases = new Map<Graph, Case>();

/** The network's plain-loop values, computed once for all engines. */
function reference(graph: Graph): Case {
  let found = cases.get(graph);
  if (!found) {
    const weights = randomWeights(graph, 3);
    const inputs = graph.nodes.flatMap((node, i) =>
      node.op === 'input'
        ? [
            randomNumbers(
              node.shape.reduce((a, b) => a * b, 1),
              5 + i,
            ),
          ]
        : [],
    );
    found = { weights, inputs, values: referenceRun(graph, weights, inputs) };
    cases.set(graph, found);
  }
  return found;
}

/** Largest error of the outputs, each as a part of its own largest number; with the output's name. */
async function compare(engine: Engine, graph: Graph): Promise<{ error: number; at: string }> {
  const { weights, inputs, values } = reference(graph);
  const executor = await engine.prepare(graph, weights, { precision: 'float32' });
  const outputs = await executor.run(inputs);
  executor.dispose();
  let worst = { error: 0, at: '' };
  graph.outputs.forEach((name, i) => {
    const expected = values.get(name)!.data;
    const size = expected.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const error = largestError(outputs[i]!, expected) / size;
    if (!(error <= worst.error)) worst = { error, at: name };
  });
  return worst;
}

const ENGINES: readonly [string, BackendName, (options: { backend: BackendName }) => Promise<Engine>][] = [
  ['tfjs', 'wasm', createTfjsEngine],
  ['LiteRT.js', 'wasm', createLiteRtEngine],
  ['LiteRT.js', 'webgpu', createLiteRtEngine],
];

describe.each(ENGINES)('%s on %s', (_, backend, create) => {
  let engine: Promise<Engine> | undefined;
  const start = () => (engine ??= create({ backend }));
  afterAll(async () => {
    await engine?.then((e) => e.dispose()).catch(() => undefined);
  });

  // Folded, the last one is the one before it; the software adapter of CI takes seconds for it.
  it.for(NETWORKS.slice(0, backend === 'webgpu' ? -1 : undefined))(
    'gives the plain-loop numbers for $name',
    async (graph, context) => {
      const started = await start().catch((error: unknown) => {
        if (backend === 'wasm' || inject('expectWebgpu')) throw error;
        return context.skip('there is no WebGPU here');
      });
      const { error } = await compare(started, graph);
      expect(error).toBeLessThan(1e-4);
    },
  );

  if (backend === 'webgpu') return;

  it.each(NETWORKS)('gives the plain-loop numbers in every layer of $name', async (graph) => {
    const layers = graph.nodes.flatMap((node) => (node.op === 'input' || node.op === 'dropout' ? [] : [node.name]));
    const all = { ...graph, outputs: layers };
    cases.set(all, reference(graph));
    const { error, at } = await compare(await start(), all);
    expect(error, at).toBeLessThan(1e-4);
  });

  it('gives each face of a batch what it gets alone', async () => {
    const started = await start();
    const weights = randomWeights(mobileFaceNet({ batch: 1 }), 9);
    const faces = [1, 2, 3].map((seed) => randomNumbers(MOBILE_FACE_NET_SIZE ** 2 * 3, seed));
    const one = await started.prepare(mobileFaceNet({ batch: 1 }), weights);
    const three = await started.prepare(mobileFaceNet({ batch: 3 }), weights);
    const [together] = await three.run([Float32Array.from(faces.flatMap((face) => [...face]))]);
    for (const [i, face] of faces.entries()) {
      const [alone] = await one.run([face]);
      const part = together!.subarray(i * MOBILE_FACE_NET_EMBEDDING, (i + 1) * MOBILE_FACE_NET_EMBEDDING);
      expect(largestError(part, alone!)).toBeLessThan(1e-5);
    }
    one.dispose();
    three.dispose();
  });

  it('takes float16 and int8 weights for the numbers that they stand for', async () => {
    const started = await start();
    const graph = onet({ batch: 1 });
    const exact = randomWeights(graph, 4);
    const input = randomNumbers(ONET_SIZE ** 2 * 3, 6);
    for (const coarser of [toFloat16, toInt8]) {
      const weights = new Map([...exact].map(([name, t]) => [name, t.shape.length > 1 ? coarser(t) : t] as const));
      const executor = await started.prepare(graph, weights);
      const outputs = await executor.run([input]);
      executor.dispose();
      const values = referenceRun(graph, weights, [input]);
      // LiteRT.js also quantises the activations where the weights are int8.
      const bound = coarser === toInt8 && started.name === 'litert' ? 0.05 : 1e-5;
      graph.outputs.forEach((name, i) => {
        expect(largestError(outputs[i]!, values.get(name)!.data)).toBeLessThan(bound);
      });
    }
  });
});
