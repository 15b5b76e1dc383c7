import { createEngine, type CreateEngine, type EngineChoice } from '../../../src/backend/createEngine';
import type { Precision } from '../../../src/core/types';
import type { Weights } from '../../../src/core/weights';
import { toFloat32 } from '../../../src/nn/weightValues';

/** One convolution of each embedder, among those whose error the result shows most. */
const EMBEDDERS = ['InceptionResnetV1/Conv2d_4b_3x3/weights', 'MobileFaceNet/Conv2d_5_InvResBlock_0/Conv_1/weights'];

/** The weights with one convolution's output a tenth too large, as a broken driver might give it. */
export function withOneWrong(weights: Weights, names = EMBEDDERS, factor = 1.1): Weights {
  const name = names.find((each) => weights.has(each));
  const kernel = name && weights.get(name);
  if (!kernel) return weights;
  const wrong =
    kernel.dtype === 'int8'
      ? { ...kernel, scale: kernel.scale.map((value) => value * factor) }
      : { dtype: 'float32' as const, shape: kernel.shape, data: toFloat32(kernel).map((value) => value * factor) };
  return new Map(weights).set(name, wrong);
}

/** Real engines, some of which calculate the embedder's numbers wrongly, or those of `names`. */
export function brokenWhere(
  isBroken: (choice: EngineChoice, precision: Precision | undefined) => boolean,
  names = EMBEDDERS,
  factor = 1.1,
): CreateEngine {
  return async (choice, threads) => {
    const engine = await createEngine(choice, threads);
    const change = (weights: Weights) => withOneWrong(weights, names, factor);
    return {
      ...engine,
      prepare: (graph, weights, options = {}) =>
        engine.prepare(graph, isBroken(choice, options.precision) ? change(weights) : weights, options),
    };
  };
}
