import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../src/core/random';
import type { Weights, WeightTensor } from '../../../src/core/weights';
import { inceptionResnetV1 } from '../../../src/models/inceptionResnetV1';
import type { Graph } from '../../../src/nn/graph';
import { weightShapes } from '../../../src/nn/shapes';
import { uploadWeights } from '../../../src/nn/tfjsOps';
import { softmaxCrossEntropy } from '../../../src/train/losses/softmax';
import { runTraining, type BatchStatistics } from '../../../src/train/network';
import { registerWasmKernels } from '../../../src/train/wasmKernels';
import { convertFacenetFile, facenetTensorName } from '../../../src/weights/convert/facenet';
import { decodePng } from '../../fixtures/png';

const GOLDEN = process.env['FACENET_GOLDEN'] ?? '';
const MODEL = join(process.env['FACENET_MODELS'] ?? '', 'facenet-20180402-114759');
const present = existsSync(join(GOLDEN, 'gradients-folded.json')) && existsSync(MODEL);

interface Sampled {
  readonly norm: number;
  readonly entries: readonly (readonly number[])[];
}
interface Golden {
  readonly pictures: readonly string[];
  readonly loss: number;
  readonly prelogits: readonly (readonly number[])[];
  readonly layers: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly kernel: Sampled;
    readonly bias?: Sampled;
  }[];
}
const read = (file: string) => JSON.parse(readFileSync(join(GOLDEN, file), 'utf8')) as Golden;

beforeAll(async () => {
  registerWasmKernels();
  await tf.setBackend('wasm');
});

it.skipIf(present || process.env['EXPECT_SHARED'] !== '1')('the golden files are there', () => {
  if (!present) expect.fail('FACENET_GOLDEN or FACENET_MODELS is missing');
});

const wasmBytes = () =>
  (tf.backend() as unknown as { readonly wasm: { readonly HEAPU8: Uint8Array } }).wasm.HEAPU8.buffer.byteLength;

interface Gradients {
  readonly loss: number;
  readonly prelogits: Float32Array;
  readonly grads: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
}

/** Loss, prelogits and the gradient of every weight but the running statistics. */
function gradients(graph: Graph, weights: Weights, images: Float32Array, batch: number): Gradients {
  const tensors = uploadWeights(graph, weights);
  const names = [...tensors.keys()].filter((name) => !name.includes('moving_'));
  const statistics: BatchStatistics = new Map();
  let result: Gradients | undefined;
  tf.tidy(() => {
    const x = tf.tensor4d(images, [batch, 160, 160, 3]);
    const head = tf.tensor2d(
      Float32Array.from({ length: 2560 }, (_, k) => 0.1 * Math.sin(k + 1)),
      [512, 5],
    );
    let prelogits: tf.Tensor | undefined;
    const loss = (...values: tf.Tensor[]) => {
      const all = new Map([...tensors, ...names.map((name, i) => [name, values[i]!] as const)]);
      prelogits = tf.keep(runTraining(graph, all, [x], { random: Math.random, statistics })[0]!);
      const logits = tf.matMul<tf.Tensor2D>(prelogits, head);
      return softmaxCrossEntropy(
        logits,
        Array.from({ length: batch }, (_, i) => i % 5),
      );
    };
    const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => tensors.get(name)!));
    const features = prelogits!.dataSync<'float32'>();
    prelogits!.dispose();
    result = {
      loss: value.dataSync()[0]!,
      prelogits: features,
      grads: new Map(grads.map((grad, i) => [names[i]!, { shape: grad.shape, data: grad.dataSync<'float32'>() }])),
    };
  });
  tf.dispose([...tensors.values(), ...statistics.values()]);
  return result!;
}

function pictures(golden: Golden): Float32Array {
  const all = golden.pictures.map((name) => decodePng(readFileSync(join(GOLDEN, 'aligned', `${name}.png`))).rgb);
  return Float32Array.from(
    all.flatMap((rgb) => [...rgb]),
    (value) => (value - 127.5) / 128,
  );
}

function check(golden: Golden, result: Gradients, biasName: (name: string) => string) {
  expect(Math.abs(result.loss / golden.loss - 1)).toBeLessThan(1e-4);
  golden.prelogits.forEach((row, i) =>
    row.forEach((value, c) => expect(Math.abs(result.prelogits[i * 512 + c]! - value)).toBeLessThan(1e-3)),
  );
  const errors: { readonly name: string; readonly error: number }[] = [];
  const compare = (name: string, { norm, entries }: Sampled) => {
    const { shape, data } = result.grads.get(name)!;
    const length = Math.sqrt(data.reduce((sum, g) => sum + g * g, 0));
    // What batch norm takes away again has no gradient but rounding.
    if (norm < 1e-9) {
      expect(length).toBeLessThan(1e-5);
      return;
    }
    let off = 0;
    let size = (norm * norm * entries.length) / data.length;
    for (const entry of entries) {
      const index = name.endsWith('Bottleneck/weights') ? [entry[1]!, entry[0]!] : entry.slice(0, -1);
      const flat = index.reduce((at, i, axis) => at * shape[axis]! + i, 0);
      off += (data[flat]! - entry.at(-1)!) ** 2;
      size = Math.max(size, entry.at(-1)! ** 2);
    }
    errors.push({ name: `${name}, norm`, error: Math.abs(length / norm - 1) });
    // Sampled entries by their own size, or the layer's where that is larger.
    errors.push({ name: `${name}, entries`, error: Math.sqrt(off / size) });
  };
  for (const { name, kernel, bias } of golden.layers) {
    compare(weightName(name), kernel);
    if (bias) compare(biasName(weightName(name)), bias);
  }
  errors.sort((a, b) => b.error - a.error);
  expect(errors[0]!.error).toBeLessThan(1e-2);
  expect(errors[errors.length >> 1]!.error).toBeLessThan(1e-4);
}

const weightName = (layer: string) => facenetTensorName(`${layer}_kernel.npy`);

it.skipIf(!present)(
  'the folded network has PyTorch’s gradients on WASM, layer by layer',
  () => {
    const golden = read('gradients-folded.json');
    const files = readdirSync(MODEL).filter((file) => file.endsWith('.npy'));
    const weights = new Map(
      files.map((file): [string, WeightTensor] => {
        const [name, { shape, data }] = convertFacenetFile(file, readFileSync(join(MODEL, file)));
        return [name, { dtype: 'float32', shape, data: data }];
      }),
    );
    const graph = inceptionResnetV1({ batch: 5, folded: true, normalise: false });
    const before = tf.memory().numTensors;
    check(golden, gradients(graph, weights, pictures(golden), 5), (name) => name.replace(/weights$/, 'biases'));
    expect(tf.memory().numTensors).toBe(before);
  },
  300_000,
);

/** Random weights as golden/README.md makes them; statistics at 0 and 1. */
function liveWeights(graph: Graph, golden: Golden): Weights {
  const weights = new Map<string, WeightTensor>();
  for (const [name, shape] of weightShapes(graph)) {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(name.endsWith('variance') ? 1 : 0);
    weights.set(name, { dtype: 'float32', shape, data });
  }
  golden.layers.forEach(({ name, shape }, layer) => {
    const random = mulberry32(layer + 1);
    const out = shape.at(-1)!;
    const fanIn = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    const bound = Math.sqrt(6 / fanIn);
    const kernel = weights.get(weightName(name))!.data;
    // Drawn in the order H, W, I, O; ours lie O, H, W, I.
    for (let i = 0; i < fanIn; i++) for (let o = 0; o < out; o++) kernel[o * fanIn + i] = (2 * random() - 1) * bound;
  });
  return weights;
}

describe.skipIf(!present)('the network with live batch norm', { timeout: 300_000 }, () => {
  const golden = present ? read('gradients-live-bn.json') : null!;
  const graphOf = (batch: number) => inceptionResnetV1({ batch, folded: false, normalise: false });
  let weights: Weights;
  let bytes: number;
  beforeAll(() => {
    weights = liveWeights(graphOf(5), golden);
  });

  it('takes a step of 8 pictures within 2 GiB', () => {
    const five = pictures(golden);
    const images = new Float32Array(8 * 76800);
    images.set(five);
    images.set(five.subarray(0, 3 * 76800), five.length);
    gradients(graphOf(8), weights, images, 8);
    bytes = wasmBytes();
    expect(bytes).toBeLessThan(2 ** 31);
  });

  it('has PyTorch’s gradients on WASM, layer by layer, and needs no more memory for another step', () => {
    const result = gradients(graphOf(5), weights, pictures(golden), 5);
    check(golden, result, (name) => {
      const beta = name.replace(/weights$/, 'BatchNorm/beta');
      return result.grads.has(beta) ? beta : name.replace(/weights$/, 'biases');
    });
    expect(wasmBytes()).toBe(bytes);
  });
});
