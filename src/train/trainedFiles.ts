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
import type { EmbedderRow } from '../weights/modelRow';
import { COHORT_CENTRES, ownCohort } from '../weights/cohorts';
import { HEAD_NAMES } from '../weights/trained';

/**
 * Throws `weights/missing-tensor` or `weights/shape-mismatch` unless `weights` are those of the row's network, and
 * `weights/bad-format` unless they hold the cohort that is its own.
 */
export function checkTrained(row: EmbedderRow, weights: Weights): void {
  checkWeights(embedderGraph(row, weights, 1), weights);
  ownCohort(row, weights, row.title);
}

/**
 * A network for inference: live batch norm folded, without dropout, and with the head and its own cohort, if any. Throws as
 * `checkTrained`.
 */
export function foldedWeights(row: EmbedderRow, weights: Weights): Weights {
  const folded = fold(embedderGraph(row, weights, 1), weights).weights;
  ownCohort(row, weights, row.title);
  const others = [...HEAD_NAMES, ...(row.cohort && 'own' in row.cohort ? [COHORT_CENTRES] : [])];
  const kept = others.flatMap((name): [string, WeightTensor][] => {
    const tensor = weights.get(name);
    return tensor ? [[name, tensor]] : [];
  });
  return new Map([...folded, ...kept]);
}

/**
 * Folded float32 weights as a safetensors file in a precision, the cohort's centres always in 8 bits, without a description.
 */
export function fileOf(weights: Weights, precision: Precision): Uint8Array<ArrayBuffer> {
  const network = new Map(weights);
  network.delete(COHORT_CENTRES);
  const centres = weights.get(COHORT_CENTRES);
  return writeSafetensors(
    new Map([
      ...toPrecision(floatArrays(network), precision),
      ...(centres ? [[COHORT_CENTRES, centres] as const] : []),
    ]),
  );
}

/** As facenet-pytorch's state dict: see `toFacenetPytorch`, whose errors it throws. */
export function facenetPytorchFile(weights: Weights): Uint8Array<ArrayBuffer> {
  return toFacenetPytorch(floatArrays(weights));
}

function floatArrays(weights: Weights): ReadonlyMap<string, FloatArray> {
  return new Map([...weights].map(([name, tensor]) => [name, { shape: tensor.shape, data: toFloat32(tensor) }]));
}
