import { mulberry32 } from '../../core/random';
import { withBatch } from '../../nn/cut';
import type { Plan } from '../../train/plan';
import type { TrainEngines } from './engines';

/** Milliseconds of each of `runs` batches through the whole network of a run, in float32, after one to warm up. */
export async function embedSpeed(engines: TrainEngines, plan: Plan, batch: number, runs: number): Promise<number[]> {
  const graph = withBatch(plan.graph, batch);
  const engine = await engines.inference();
  const executor = await engine.prepare(graph, plan.weights, { precision: 'float32' });
  try {
    // Noise: the time does not depend on what a picture shows.
    const random = mulberry32(1);
    const input = Float32Array.from({ length: batch * plan.inputSize ** 2 * 3 }, () => 2 * random() - 1);
    await executor.run([input]);
    const times: number[] = [];
    while (times.length < runs) {
      const started = performance.now();
      await executor.run([input]);
      times.push(performance.now() - started);
    }
    return times;
  } finally {
    executor.dispose();
  }
}
