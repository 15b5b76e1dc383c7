import { FaceError } from '../../core/errors';
import type { FloatArray } from '../formats/array';
import { writeArrays, type WrittenArray } from '../formats/safetensors';
import { checkShape, take } from './layout';

/**
 * Inception-ResNet-v1 as facenet-pytorch's module (without logits) names it: the same entries, shapes and types as its
 * state dict, in a safetensors file.
 *
 * Live batch norm is copied, with a gamma of 1. Of folded weights a layer's bias becomes its batch norm's, with mean 0, gamma
 * 1 and variance 1 − epsilon, which changes nothing; and the residual scale, which our folded weights include and that
 * module applies itself, is divided out of each block's last convolution.
 */

const SCOPE = 'InceptionResnetV1/';
/** Of every batch norm of the network. */
const EPSILON = 0.001;

/** Where our scopes lie in the module, and the residual scale that the module applies. */
const SCOPES: readonly { readonly ours: RegExp; readonly theirs: string; readonly scale: number }[] = [
  { ours: /^Repeat\/block35_(\d+)\//, theirs: 'repeat_1', scale: 0.17 },
  { ours: /^Repeat_1\/block17_(\d+)\//, theirs: 'repeat_2', scale: 0.1 },
  { ours: /^Repeat_2\/block8_(\d+)\//, theirs: 'repeat_3', scale: 0.2 },
  { ours: /^(?:Block8)\//, theirs: 'block8', scale: 1 },
  { ours: /^(?:Mixed_6a)\//, theirs: 'mixed_6a', scale: 1 },
  { ours: /^(?:Mixed_7a)\//, theirs: 'mixed_7a', scale: 1 },
];

/**
 * The file, from the network's float32 weights in our names and layouts, folded or with live batch norm; other weights, such
 * as the head, are left out. Throws `weights/missing-tensor`, and `weights/shape-mismatch` for a network of another width or
 * embedding size than the module's.
 */
export function toFacenetPytorch(arrays: ReadonlyMap<string, FloatArray>): Uint8Array<ArrayBuffer> {
  checkShape(`${SCOPE}Conv2d_1a_3x3/weights`, take(arrays, `${SCOPE}Conv2d_1a_3x3/weights`), [32, 3, 3, 3]);
  checkShape(`${SCOPE}Bottleneck/weights`, take(arrays, `${SCOPE}Bottleneck/weights`), [512, 1792]);
  const layers = [...arrays.keys()].flatMap((name) => /^InceptionResnetV1\/(.*)\/weights$/.exec(name)?.[1] ?? []);
  const folded = arrays.has(`${SCOPE}Bottleneck/biases`);
  const entries = layers.flatMap((layer) => layerEntries(layer, layers, arrays, folded));
  return writeArrays(entries, new Map([['format', 'pt']]));
}

function layerEntries(
  layer: string,
  layers: readonly string[],
  arrays: ReadonlyMap<string, FloatArray>,
  folded: boolean,
): WrittenArray[] {
  const own = (part: string) => take(arrays, `${SCOPE}${layer}/${part}`);
  if (layer === 'Bottleneck') {
    return [entry('last_linear.weight', own('weights')), ...batchNorm('last_bn', layer, arrays, folded)];
  }
  const { name, scale, kind } = place(layer, layers);
  const kernel = torchKernel(own('weights'));
  if (kind === 'branch')
    return [entry(`${name}.conv.weight`, kernel), ...batchNorm(`${name}.bn`, layer, arrays, folded)];
  const factor = folded ? 1 / scale : 1;
  return [
    entry(`${name}.weight`, multiplied(kernel, factor)),
    entry(`${name}.bias`, multiplied(own('biases'), factor)),
  ];
}

/** Where a layer lies in the module. `kind` `residual`: a block's last convolution, which has a bias and no batch norm. */
function place(
  layer: string,
  layers: readonly string[],
): { readonly name: string; readonly scale: number; readonly kind: 'branch' | 'residual' } {
  const stem = /^Conv2d_(\d[a-z])_\dx\d$/.exec(layer);
  if (stem) return { name: `conv2d_${stem[1]}`, scale: 1, kind: 'branch' };
  const row = SCOPES.find(({ ours }) => ours.test(layer));
  if (!row) throw new FaceError('weights/missing-tensor', { name: `${SCOPE}${layer}` });
  const [block = '', number] = row.ours.exec(layer)!;
  const name = number === undefined ? row.theirs : `${row.theirs}.${Number(number) - 1}`;
  const branch = /Branch_(\d)\//.exec(layer);
  if (!branch) return { name: `${name}.conv2d`, scale: row.scale, kind: 'residual' };
  // The names of a branch's convolutions (0a, 0b, 0c, 1a) are in the order in which they run.
  const siblings = layers.filter((other) => other.startsWith(`${block}${branch[0]}`)).sort();
  const index = siblings.length === 1 ? '' : `.${siblings.indexOf(layer)}`;
  return { name: `${name}.branch${branch[1]}${index}`, scale: row.scale, kind: 'branch' };
}

function batchNorm(
  name: string,
  layer: string,
  arrays: ReadonlyMap<string, FloatArray>,
  folded: boolean,
): WrittenArray[] {
  const own = (part: string) => take(arrays, `${SCOPE}${layer}/${part}`);
  const bias = own(folded ? 'biases' : 'BatchNorm/beta');
  const constant = (value: number): FloatArray => ({
    shape: bias.shape,
    data: new Float32Array(bias.data.length).fill(value),
  });
  return [
    entry(`${name}.weight`, constant(1)),
    entry(`${name}.bias`, bias),
    entry(`${name}.running_mean`, folded ? constant(0) : own('BatchNorm/moving_mean')),
    entry(`${name}.running_var`, folded ? constant(1 - EPSILON) : own('BatchNorm/moving_variance')),
    { name: `${name}.num_batches_tracked`, type: 'I64', shape: [], data: new BigInt64Array(1) },
  ];
}

function entry(name: string, { shape, data }: FloatArray): WrittenArray {
  return { name, type: 'F32', shape, data };
}

/** [out, kh, kw, in] as [out, in, kh, kw]. */
function torchKernel({ shape, data }: FloatArray): FloatArray {
  const [out, kh, kw, channels] = shape as [number, number, number, number];
  const area = kh * kw;
  const turned = new Float32Array(data.length);
  for (let o = 0, from = 0; o < out; o++)
    for (let p = 0; p < area; p++)
      for (let i = 0; i < channels; i++) turned[(o * channels + i) * area + p] = data[from++]!;
  return { shape: [out, channels, kh, kw], data: turned };
}

function multiplied({ shape, data }: FloatArray, factor: number): FloatArray {
  return { shape, data: factor === 1 ? data : data.map((value) => value * factor) };
}
