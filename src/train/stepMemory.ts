import { FaceError } from '../core/errors';
import { inferShapes, weightShapes } from '../nn/shapes';
import type { TrainConfig } from './config/config';
import { slotNames } from './optimisers';
import { groupByClass } from './sampler';
import { headShapes, type TrainModel } from './state';

/**
 * Memory of a step on WASM relative to the nodes' values: the tape, gradients, and the windows of filter gradients. Measured
 * on the full network: 5.4 folded, 5.2 with live batch norm.
 */
const TIMES_VALUES = 5.3;
/** A WebAssembly memory ends at 4 GiB; beyond, tfjs hangs. */
const WASM_LIMIT = 3.9 * 2 ** 30;

/** About how many bytes a step on WASM needs: for the weights, and for each picture. */
export function stepMemory(model: TrainModel, config: TrainConfig): { readonly fixed: number; readonly each: number } {
  const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const shapes = new Map([...weightShapes(model.graph), ...headShapes(model, config)]);
  const all = [...shapes.values()].reduce((sum, shape) => sum + count(shape), 0);
  const trained = model.trainable.reduce((sum, name) => sum + count(shapes.get(name)!), 0);
  const copies = 1 + slotNames(config.optimiser).length + (config.averageDecay > 0 ? 1 : 0);
  const values = [...inferShapes(model.graph).values()].reduce((sum, shape) => sum + count(shape) / shape[0]!, 0);
  return { fixed: 4 * (all + copies * trained), each: 4 * TIMES_VALUES * values };
}

/** Throws `train/too-large` when a step does not fit into WebAssembly's memory. */
export function checkStepMemory(model: TrainModel, config: TrainConfig, labels: Int32Array): void {
  const { fixed, each } = stepMemory(model, config);
  const batch = picturesInStep(config, labels);
  const needed = fixed + batch * each;
  if (needed <= WASM_LIMIT) return;
  const most = Math.max(0, Math.floor((WASM_LIMIT - fixed) / each));
  throw new FaceError('train/too-large', { batch, needed: (needed / 2 ** 30).toFixed(1), most });
}

/** At most. */
function picturesInStep({ loss, triplet, sampler, batch }: TrainConfig, labels: Int32Array): number {
  if (sampler.kind !== 'people' || (loss === 'triplet' && triplet.mining === 'pass')) return batch;
  const sizes = groupByClass(labels).map((samples) => Math.min(samples.length, sampler.picturesEach));
  const largest = sizes.toSorted((a, b) => b - a).slice(0, sampler.people);
  return largest.reduce((sum, size) => sum + size, 0);
}
