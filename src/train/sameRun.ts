import { FaceError } from '../core/errors';
import { weightShapes } from '../nn/shapes';
import { tfjsAxes } from '../nn/tfjsLayout';
import type { TrainConfig } from './config/config';
import { slotNames } from './optimisers';
import { CENTRES, headShapes, type TrainModel } from './state';

/** Identifies a training set: the number of samples and a hash of their classes. */
export interface DataPrint {
  readonly samples: number;
  readonly hash: number;
}

/** FNV-1a over the class numbers. */
export function dataPrint(labels: Int32Array): DataPrint {
  let hash = 0x811c9dc5;
  for (const label of labels)
    for (let i = 0; i < 4; i++) hash = Math.imul(hash ^ ((label >> (8 * i)) & 255), 0x01000193);
  return { samples: labels.length, hash: hash >>> 0 };
}

/** Keys that may change when a run is resumed: they do not affect earlier steps. */
const MAY_CHANGE: ReadonlySet<string> = new Set(['epochs', 'checkpointSteps']);

/** Throws `train/other-run`, naming the first key that differs. */
export function checkSameConfig(stored: TrainConfig, wanted: TrainConfig): void {
  for (const [key, value] of Object.entries(wanted)) {
    const got = stored[key as keyof TrainConfig];
    if (MAY_CHANGE.has(key) || JSON.stringify(got) === JSON.stringify(value)) continue;
    throw otherRun(key, JSON.stringify(got), JSON.stringify(value));
  }
}

export function checkSameData(stored: DataPrint, wanted: DataPrint): void {
  if (stored.samples !== wanted.samples)
    throw otherRun('number of pictures', String(stored.samples), String(wanted.samples));
  if (stored.hash !== wanted.hash) throw otherRun('order of pictures and people', 'another', 'the present one');
}

/** Throws `train/other-run` unless the tensors, by `<group>/<name>`, are just those of such a run. */
export function checkSameShapes(
  tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  model: TrainModel,
  config: TrainConfig,
): void {
  const wanted = runShapes(model, config);
  for (const [name, shape] of wanted) {
    const got = tensors.get(name);
    if (got?.shape.join() !== shape.join())
      throw otherRun(`shape of ${name}`, got ? `[${got.shape.join()}]` : 'none', `[${shape.join()}]`);
  }
  for (const name of tensors.keys()) if (!wanted.has(name)) throw otherRun('network', `${name} in it`, 'without');
}

/** The shapes of a state's tensors on the device, kernels as [height, width, in, out]. */
function runShapes(model: TrainModel, config: TrainConfig): Map<string, readonly number[]> {
  const axes = tfjsAxes(model.graph);
  const weights = new Map<string, readonly number[]>(headShapes(model, config));
  for (const [name, shape] of weightShapes(model.graph)) {
    weights.set(name, axes.get(name)?.map((axis) => shape[axis]!) ?? shape);
  }
  const all = new Map<string, readonly number[]>();
  for (const [name, shape] of weights) all.set(`weights/${name}`, shape);
  for (const name of model.trainable) {
    const shape = weights.get(name)!;
    for (const slot of slotNames(config.optimiser)) all.set(`slots/${name}/${slot}`, shape);
    if (config.averageDecay > 0) all.set(`averages/${name}`, shape);
  }
  if (config.centreLoss > 0) all.set(`centres/${CENTRES}`, [model.classes, config.embeddingSize]);
  return all;
}

function otherRun(what: string, got: string | undefined, expected: string): FaceError {
  return new FaceError('train/other-run', { what, got: got ?? 'none', expected });
}
