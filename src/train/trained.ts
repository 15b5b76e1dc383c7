import * as tf from '@tensorflow/tfjs-core';
import type { TrainState } from '../core/types';
import type { Weights, WeightTensor } from '../core/weights';
import { weightShapes } from '../nn/shapes';
import { inverseAxes, tfjsAxes } from '../nn/tfjsLayout';
import type { TrainModel } from './state';

/**
 * The trained weights as every engine takes them: kernels [out, height, width, in]; with `averaged`, the moving averages
 * where the run keeps them. Only what the graph needs, so without the head.
 */
export async function trainedWeights(
  model: TrainModel,
  state: TrainState<tf.Tensor>,
  averaged: boolean,
): Promise<Weights> {
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
