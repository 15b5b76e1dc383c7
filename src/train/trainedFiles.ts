import type { Precision } from '../core/types';
import type { Weights, WeightTensor } from '../core/weights';
import { fold } from '../nn/fold';
import { checkWeights } from '../nn/shapes';
import { toFloat32 } from '../nn/weightValues';
import { embedderGraph } from '../pipeline/embed';
import { toFacenetPytorch } from '../weights/convert/facenetPytorch';
import { toPrecision } from '../weights/convert/precision';
import type { FloatArray } from '../weights/formats/array';
import { writeSafetensors } from '../weights/formats/safetensors';
import type { EmbedderRow } from '../weights/registry';
import { HEAD_NAMES } from '../weights/trained';

/** Throws `weights/missing-tensor` or `weights/shape-mismatch` unless `weights` are those of the row's network. */
export function checkTrained(row: EmbedderRow, weights: Weights): void {
  checkWeights(embedderGraph(row, weights, 1), weights);
}

/**
 * A network for inference: live batch norm folded in, dropout gone, and the head, if any, as it is. Throws as
 * `checkTrained`.
 */
export function foldedWeights(row: EmbedderRow, weights: Weights): Weights {
  const folded = fold(embedderGraph(row, weights, 1), weights).weights;
  const head = HEAD_NAMES.flatMap((name): [string, WeightTensor][] => {
    const tensor = weights.get(name);
    return tensor ? [[name, tensor]] : [];
  });
  return new Map([...folded, ...head]);
}

/** Folded float32 weights as a safetensors file in a precision; it does not describe itself yet. */
export function fileOf(weights: Weights, precision: Precision): Uint8Array<ArrayBuffer> {
  return writeSafetensors(toPrecision(floatArrays(weights), precision));
}

/** As facenet-pytorch's state dict: see `toFacenetPytorch`, whose errors it throws. */
export function facenetPytorchFile(weights: Weights): Uint8Array<ArrayBuffer> {
  return toFacenetPytorch(floatArrays(weights));
}

function floatArrays(weights: Weights): ReadonlyMap<string, FloatArray> {
  return new Map([...weights].map(([name, tensor]) => [name, { shape: tensor.shape, data: toFloat32(tensor) }]));
}
