import * as tf from '@tensorflow/tfjs-core';
import type { Checkpoint, DataPosition, TrainState } from '../core/types';
import { FaceError } from '../core/errors';
import { RandomStream } from '../core/random';
import type { WeightTensor } from '../core/weights';
import { readSafetensors, writeSafetensors } from '../weights/formats/safetensors';
import { completeConfig, type TrainConfig } from './config/config';
import { checkSameConfig, checkSameData, checkSameShapes, dataPrint, type DataPrint } from './sameRun';
import { TENSOR_GROUPS, type TrainModel } from './state';

const VERSION = 1;

interface Meta {
  readonly version: number;
  readonly step: number;
  readonly epoch: number;
  readonly config: TrainConfig;
  /** Of dropout and the choice of triplets. */
  readonly random: number;
  readonly position: DataPosition;
  readonly data: DataPrint;
}

/** The whole state of a run: resuming from it is exact. Tensors are named `<group>/<name>`. */
export async function writeCheckpoint(
  state: TrainState<tf.Tensor>,
  config: TrainConfig,
  epoch: number,
  position: DataPosition,
  labels: Int32Array,
): Promise<Checkpoint> {
  const { step, random } = state;
  const data = dataPrint(labels);
  const meta: Meta = { version: VERSION, step, epoch, config, random: random.state, position, data };
  const tensors = new Map<string, WeightTensor>();
  for (const group of TENSOR_GROUPS)
    for (const [name, tensor] of state[group])
      tensors.set(`${group}/${name}`, {
        dtype: 'float32',
        shape: tensor.shape,
        data: await tensor.data<'float32'>(),
      });
  return { meta: JSON.stringify(meta), tensors: writeSafetensors(tensors) };
}

/**
 * The run that a checkpoint holds. Throws `train/bad-checkpoint`, or as `readSafetensors` and `completeConfig`;
 * `train/other-run` when it is of another configuration (a run may be made longer, and saved more or less often), network
 * or data than `expected`. Then nothing was uploaded to the device.
 */
export function readCheckpoint(
  { meta, tensors }: Checkpoint,
  expected: { readonly model: TrainModel; readonly config: TrainConfig; readonly labels: Int32Array },
): { readonly state: TrainState<tf.Tensor>; readonly position: DataPosition } {
  const { config, random, step, position, data } = parseMeta(meta);
  // The data first: parts of a configuration, such as its batch, follow from the number of people and pictures.
  checkSameData(data, dataPrint(expected.labels));
  checkSameConfig(completeConfig(config), expected.config);
  const read = new Map<string, Float32Tensor>();
  for (const [name, tensor] of readSafetensors(tensors, 'checkpoint')) {
    if (tensor.dtype !== 'float32') throw bad(`it holds ${name}`);
    read.set(name, tensor);
  }
  checkSameShapes(read, expected.model, expected.config);
  const upload = (group: (typeof TENSOR_GROUPS)[number]) => uploadGroup(read, `${group}/`);
  const [weights, slots] = [upload('weights'), upload('slots')];
  const [averages, centres] = [upload('averages'), upload('centres')];
  return { state: { weights, slots, averages, centres, step, random: new RandomStream(random) }, position };
}

/** The step that a checkpoint was saved after, and the epoch of the next one. Throws `train/bad-checkpoint`. */
export function checkpointPlace({ meta }: Pick<Checkpoint, 'meta'>): Pick<Meta, 'step' | 'epoch'> {
  const { step, epoch } = parseMeta(meta);
  return { step, epoch };
}

type Float32Tensor = WeightTensor & { readonly dtype: 'float32' };

function uploadGroup(tensors: ReadonlyMap<string, Float32Tensor>, prefix: string): Map<string, tf.Tensor> {
  return new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { data, shape }]) => [name.slice(prefix.length), tf.tensor(data, [...shape])]),
  );
}

function parseMeta(text: string): Meta {
  let meta: Partial<Meta>;
  try {
    meta = JSON.parse(text) as Partial<Meta>;
  } catch (error) {
    throw new FaceError('train/bad-checkpoint', { reason: 'it is not JSON' }, { cause: error });
  }
  if (meta.version !== VERSION) throw bad(`it has the version ${String(meta.version)}, not ${VERSION}`);
  const { random, step, data } = meta;
  const position = meta.position as Partial<Meta['position']> | undefined;
  const numbers = [random, step, position?.random, position?.sampler?.random, position?.sampler?.position];
  if (!numbers.every((value) => Number.isInteger(value))) throw bad('its random state or position is missing');
  if (!data) throw bad('it does not say what data it is of');
  return meta as Meta;
}

function bad(reason: string): FaceError {
  return new FaceError('train/bad-checkpoint', { reason });
}
