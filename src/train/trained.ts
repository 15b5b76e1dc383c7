import * as tf from '@tensorflow/tfjs-core';
import type { Weights, WeightTensor } from '../core/weights';
import { weightShapes } from '../nn/shapes';
import { inverseAxes, tfjsAxes } from '../nn/tfjsLayout';
import type { TrainModel, TrainState } from './state';

/**
 * What a run has learnt, as weights that every engine takes: kernels [out, height, width, in]. The moving averages take
 * the place of the weights where the run keeps them and `averaged` asks for them. Only what the graph needs: the head
 * stays behind.
 */
export async function trainedWeights(model: TrainModel, state: TrainState, averaged: boolean): Promise<Weights> {
  const axes = tfjsAxes(model.graph);
  const weights = new Map<string, WeightTensor>();
  for (const [name, shape] of weightShapes(model.graph)) {
    const tensor = (averaged ? state.averages.get(name) : undefined) ?? state.weights.get(name)!;
    const order = axes.get(name);
    const ordered = order ? tf.transpose(tensor, inverseAxes(order)) : tensor;
    const data = await ordered.data<'float32'>();
    if (ordered !== tensor) ordered.dispose();
    weights.set(name, { dtype: 'float32', shape, data });
  }
  return weights;
}
