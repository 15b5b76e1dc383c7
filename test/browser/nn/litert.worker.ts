import { createLiteRtEngine } from '../../../src/nn/litert';
import { EXPECTED, GRAPH, INPUT, WEIGHTS } from '../backend/support';
import { largestError } from '../../fixtures/randomWeights';

/** Runs the check network in a module worker; answers with the threads used and the largest error. */
async function check(): Promise<{ threads: number; error: number }> {
  const engine = await createLiteRtEngine({ backend: 'wasm', threads: 2 });
  const executors = [await engine.prepare(GRAPH, WEIGHTS), await engine.prepare(GRAPH, WEIGHTS)];
  const outputs = await Promise.all(executors.map((executor) => executor.run([INPUT])));
  for (const executor of executors) executor.dispose();
  engine.dispose();
  return { threads: engine.threads, error: Math.max(...outputs.map(([output]) => largestError(output!, EXPECTED))) };
}

check().then(postMessage, (error: unknown) => postMessage({ failure: String(error) }));
