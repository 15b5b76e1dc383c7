import { createEngine, type CreateEngine, type EngineChoice } from '../../../src/backend/createEngine';
import type { Precision } from '../../../src/core/types';
import type { Weights } from '../../../src/core/weights';
import { toFloat32 } from '../../../src/nn/weightValues';

/** One convolution of each embedder, among those whose error the result shows most. */
const CONVOLUTIONS = ['InceptionResnetV1/Conv2d_4b_3x3/weights', 'DlibResnet/conv256_1/conv2/weights'];

/** The weights with one convolution's output a tenth too large, as a broken driver might give it. */
export function withOneWrong(weights: Weights): Weights {
  const name = CONVOLUTIONS.find((each) => weights.has(each));
  const kernel = name && weights.get(name);
  if (!kernel) return weights;
  const wrong =
    kernel.dtype === 'int8'
      ? { ...kernel, scale: kernel.scale.map((value) => value * 1.1) }
      : { dtype: 'float32' as const, shape: kernel.shape, data: toFloat32(kernel).map((value) => value * 1.1) };
  return new Map(weights).set(name, wrong);
}

/** Real engines, some of which calculate wrongly. */
export function brokenWhere(
  isBroken: (choice: EngineChoice, precision: Precision | undefined) => boolean,
): CreateEngine {
  return async (choice, threads) => {
    const engine = await createEngine(choice, threads);
    return {
      ...engine,
      prepare: (graph, weights, options = {}) =>
        engine.prepare(graph, isBroken(choice, options.precision) ? withOneWrong(weights) : weights, options),
    };
  };
}
