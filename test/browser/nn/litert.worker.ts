import { onet } from '../../../src/models/onet';
import { createLiteRtEngine } from '../../../src/nn/litert';
import { largestError, randomNumbers, randomWeights } from '../../fixtures/randomWeights';
import { referenceRun } from '../../fixtures/referenceOps';

/** Runs two copies of a network with enough work for two threads; answers with the threads and the largest error. */
async function check(): Promise<{ threads: number; error: number }> {
  const graph = onet({ batch: 4 });
  const weights = randomWeights(graph, 4);
  const input = randomNumbers(4 * 48 * 48 * 3, 5);
  const expected = referenceRun(graph, weights, [input]);
  const engine = await createLiteRtEngine({ backend: 'wasm', threads: 2 });
  const executors = [await engine.prepare(graph, weights), await engine.prepare(graph, weights)];
  const results = await Promise.all(executors.map((executor) => executor.run([input])));
  for (const executor of executors) executor.dispose();
  engine.dispose();
  const errors = results.flatMap((outputs) =>
    outputs.map((output, i) => largestError(output, expected.get(graph.outputs[i]!)!.data)),
  );
  return { threads: engine.threads, error: Math.max(...errors) };
}

check().then(postMessage, (error: unknown) => postMessage({ failure: String(error) }));
