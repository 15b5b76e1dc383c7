import * as tf from '@tensorflow/tfjs-core';
import type { StoredCheckpoint } from '../core/checkpoint';
import { FaceError } from '../core/errors';
import { RandomStream } from '../core/random';
import type { WeightTensor } from '../core/weights';
import { readSafetensors, writeSafetensors } from '../weights/formats/safetensors';
import type { DataPosition } from './batches';
import { completeConfig, type TrainConfig } from './config';
import { TENSOR_GROUPS, type TrainState } from './state';

const VERSION = 1;

interface Meta {
  readonly version: number;
  readonly step: number;
  readonly epoch: number;
  readonly config: TrainConfig;
  /** Of dropout and the choice of triplets. */
  readonly random: number;
  readonly position: DataPosition;
}

/** All of a run, so that going on from it is as if nothing had happened. Tensors are named `<group>/<name>`. */
export async function writeCheckpoint(
  state: TrainState,
  config: TrainConfig,
  epoch: number,
  position: DataPosition,
): Promise<StoredCheckpoint> {
  const { step, random } = state;
  const meta: Meta = { version: VERSION, step, epoch, config, random: random.state, position };
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

/** The run that a checkpoint holds. Throws `train/bad-checkpoint`, or as `readSafetensors` and `completeConfig`. */
export function readCheckpoint({ meta, tensors }: StoredCheckpoint): {
  readonly state: TrainState;
  readonly config: TrainConfig;
  readonly position: DataPosition;
} {
  const { config, random, step, position } = parseMeta(meta);
  const groups = new Map(TENSOR_GROUPS.map((group) => [group, new Map<string, tf.Tensor>()]));
  for (const [name, tensor] of readSafetensors(tensors, 'checkpoint')) {
    const at = name.indexOf('/');
    const group = groups.get(name.slice(0, at) as (typeof TENSOR_GROUPS)[number]);
    if (!group || tensor.dtype !== 'float32') throw bad(`it holds ${name}`);
    group.set(name.slice(at + 1), tf.tensor(tensor.data, [...tensor.shape]));
  }
  const [weights, slots, averages, centres] = TENSOR_GROUPS.map((group) => groups.get(group)!) as [
    Map<string, tf.Tensor>,
    Map<string, tf.Tensor>,
    Map<string, tf.Tensor>,
    Map<string, tf.Tensor>,
  ];
  return {
    state: { weights, slots, averages, centres, step, random: new RandomStream(random) },
    config: completeConfig(config),
    position,
  };
}

function parseMeta(text: string): Meta {
  let meta: Partial<Meta>;
  try {
    meta = JSON.parse(text) as Partial<Meta>;
  } catch (error) {
    throw new FaceError('train/bad-checkpoint', { reason: 'it is not JSON' }, { cause: error });
  }
  if (meta.version !== VERSION) throw bad(`it has the version ${String(meta.version)}, not ${VERSION}`);
  const { random, step, position } = meta;
  const numbers = [random, step, position?.random, position?.sampler?.random, position?.sampler?.position];
  if (!numbers.every((value) => Number.isInteger(value))) throw bad('its random state or position is missing');
  return meta as Meta;
}

function bad(reason: string): FaceError {
  return new FaceError('train/bad-checkpoint', { reason });
}
