import { createEngine, type CreateEngine } from '../../../src/backend/createEngine';
import { FaceError } from '../../../src/core/errors';
import { GraphBuilder } from '../../../src/nn/builder';
import type { Engine, Executor } from '../../../src/nn/executor';
import type { Graph } from '../../../src/nn/graph';
import { largestError, randomNumbers, randomWeights } from '../../fixtures/randomWeights';
import { referenceRun } from '../../fixtures/referenceOps';

/** A small network, its input and its output by plain loops. */
export const GRAPH = network();
export const WEIGHTS = randomWeights(GRAPH, 11);
export const INPUT = randomNumbers(12 * 12 * 3, 5);
export const EXPECTED = referenceRun(GRAPH, WEIGHTS, [INPUT]).get(GRAPH.outputs[0]!)!.data;

function network(): Graph {
  const g = new GraphBuilder('check');
  let x = g.input('x', [1, 12, 12, 3]);
  for (const name of ['first', 'second'])
    x = g.add(`${name}/relu`, g.conv(name, x, { kernel: [3, 3], out: 8 }), { op: 'relu' });
  return g.graph([g.add('embedding', g.add('mean', x, { op: 'globalAvgPool' }), { op: 'l2Normalise' })]);
}

/** Prepares the network and checks its numbers, as a caller of `chooseEngine` does. */
export async function tryOut(engine: Engine): Promise<Executor> {
  const executor = await engine.prepare(GRAPH, WEIGHTS);
  const [output] = await executor.run([INPUT]);
  const error = largestError(output!, EXPECTED);
  if (!(error < 1e-4))
    throw new FaceError('backend/self-test-failed', { backend: engine.name, error: error.toPrecision(2) });
  return executor;
}

/** Starts engines of which those on `broken` give a convolution's output scaled by 1.1. */
export function withBrokenDriver(broken: string): CreateEngine {
  return async (choice, threads) => {
    const engine = await createEngine(choice, threads);
    if (`${choice.engine} ${choice.backend}` !== broken) return engine;
    const { prepare } = engine;
    return Object.assign(engine, {
      prepare: ((graph, ...rest) => prepare.call(engine, scaled(graph, 'first'), ...rest)) satisfies Engine['prepare'],
    });
  };
}

function scaled(graph: Graph, conv: string): Graph {
  const nodes = graph.nodes.flatMap((node) => {
    const inputs = node.inputs.map((name) => (name === conv ? `${conv}/scaled` : name));
    const extra = { op: 'multiply', value: 1.1, name: `${conv}/scaled`, inputs: [conv] } as const;
    return node.name === conv ? [{ ...node, inputs }, extra] : [{ ...node, inputs }];
  });
  return { ...graph, nodes };
}
