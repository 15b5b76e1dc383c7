import { inferShapes } from '../../nn/shapes';
import { withBatch } from '../../nn/cut';
import type { Plan } from '../../train/plan';
import type { Backbone } from '../../train/samples';
import type { TrainEngines } from './engines';

/** The frozen part, compiled in float32 for the inference engine; null where nothing is frozen. */
export async function prepareBackbone(engines: TrainEngines, plan: Plan, batch: number): Promise<Backbone | null> {
  if (!plan.backbone) return null;
  const graph = withBatch(plan.backbone, batch);
  const shape = inferShapes(graph).get(graph.outputs[0]!)!.slice(1);
  const engine = await engines.inference();
  const executor = await engine.prepare(graph, plan.weights, { precision: 'float32' });
  return { executor, size: plan.inputSize, batch, shape };
}
