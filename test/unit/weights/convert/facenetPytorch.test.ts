import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cosine } from '../../../../src/core/vectors';
import type { Weights, WeightTensor } from '../../../../src/core/weights';
import { inceptionResnetV1 } from '../../../../src/models/inceptionResnetV1';
import type { Graph } from '../../../../src/nn/graph';
import { runGraph, uploadWeights } from '../../../../src/nn/tfjsOps';
import { convertFacenetFile } from '../../../../src/weights/convert/facenet';
import { toFacenetPytorch } from '../../../../src/weights/convert/facenetPytorch';
import type { FloatArray } from '../../../../src/weights/formats/array';
import { decodePng } from '../../../fixtures/png';
import { largestError, randomWeights } from '../../../fixtures/randomWeights';
import { errorCode } from '../errorCode';

const GOLDEN = process.env['FACENET_GOLDEN'] ?? '';
const STATE_DICT = join(GOLDEN, 'facenet-pytorch-state-dict.json');
const MODEL = join(process.env['FACENET_MODELS'] ?? '', 'facenet-20180402-114759');
const present = existsSync(STATE_DICT) && existsSync(MODEL);
const SCRIPT = 'test/fixtures/facenetPytorch.py';
/** Debian's package serves the system's own Python. */
const python = ['/usr/bin/python3', 'python3'].find(
  (program) => spawnSync(program, ['-c', 'import torch']).status === 0,
);

it.skipIf(present || process.env['EXPECT_SHARED'] !== '1')('the golden files are there', () => {
  if (!present) expect.fail('FACENET_GOLDEN or FACENET_MODELS is missing');
});

const graphOf = (folded: boolean): Graph => inceptionResnetV1({ batch: 1, folded });
const FORMS = ['live batch norm', 'folded weights'] as const;
const networks = new Map<string, { readonly graph: Graph; readonly weights: ReadonlyMap<string, WeightTensor> }>(
  FORMS.map((form, i) => {
    const graph = graphOf(i === 1);
    return [form, { graph, weights: randomWeights(graph, i + 1) }];
  }),
);

beforeAll(async () => {
  await tf.setBackend('wasm');
});

function arraysOf(weights: Weights): ReadonlyMap<string, FloatArray> {
  return weights as ReadonlyMap<string, WeightTensor & { readonly dtype: 'float32' }>;
}

function embed(graph: Graph, weights: Weights, picture: Float32Array): Float32Array {
  const tensors = uploadWeights(graph, weights);
  const row = tf.tidy(() =>
    runGraph(graph, tensors, [tf.tensor4d(picture, [1, 160, 160, 3])])[0]!.dataSync<'float32'>(),
  );
  tf.dispose([...tensors.values()]);
  return row;
}

/** Coarse waves, strong: random weights hardly tell finer pictures apart. */
function pattern(seed: number): Float32Array {
  return Float32Array.from({ length: 160 * 160 * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % 160, Math.floor(i / 480), i % 3];
    return 30 * Math.sin((x * seed) / 40 + c) * Math.cos(y / (20 * seed));
  });
}

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Its own reader: the entries of the file in the order that the module registers them. */
function readEntries(bytes: Uint8Array<ArrayBuffer>): ReadonlyMap<string, Entry> {
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString()) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  return new Map(
    Object.entries(header).flatMap(([name, entry]) => {
      if (name === '__metadata__') return [];
      const [from, to] = entry.data_offsets.map((offset) => 8 + length + offset) as [number, number];
      const data = entry.dtype === 'F32' ? new Float32Array(bytes.buffer.slice(from, to)) : new Float32Array(1);
      return [[name, { name, type: entry.dtype, shape: entry.shape, data }] as const];
    }),
  );
}

/**
 * The state dict in our graph with live batch norm, by order alone: the module registers its layers as our graph lists
 * its convolutions.
 */
function fromStateDict(order: readonly string[], entries: ReadonlyMap<string, Entry>, graph: Graph): Weights {
  const kernels = order.filter((name) => name.endsWith('.weight') && !name.endsWith('bn.weight'));
  const weights = new Map<string, WeightTensor>();
  const put = (name: string, shape: readonly number[], data: Float32Array) =>
    weights.set(name, { dtype: 'float32', shape, data });
  const layers = graph.nodes.flatMap((node) => (node.op === 'conv2d' || node.op === 'dense' ? [node] : []));
  expect(kernels).toHaveLength(layers.length);
  layers.forEach((node, i) => {
    const { name, shape, data } = entries.get(kernels[i]!)!;
    if (node.op === 'dense') put(node.weights, shape, data);
    else {
      const [out, channels, kh, kw] = shape as [number, number, number, number];
      const ours = new Float32Array(data.length);
      data.forEach((value, at) => {
        const [w, h] = [at % kw, Math.floor(at / kw) % kh];
        const c = Math.floor(at / (kw * kh)) % channels;
        const o = Math.floor(at / (kw * kh * channels));
        ours[((o * kh + h) * kw + w) * channels + c] = value;
      });
      put(node.weights, [out, kh, kw, channels], ours);
    }
    const next = graph.nodes.find((other) => other.op === 'batchNorm' && other.inputs[0] === node.name);
    if (next?.op === 'batchNorm') {
      const bn = name === 'last_linear.weight' ? 'last_bn' : name.replace(/conv\.weight$/, 'bn');
      expect(entries.get(`${bn}.weight`)!.data.every((gamma) => gamma === 1)).toBe(true);
      put(next.beta, [node.out], entries.get(`${bn}.bias`)!.data);
      put(next.mean, [node.out], entries.get(`${bn}.running_mean`)!.data);
      put(next.variance, [node.out], entries.get(`${bn}.running_var`)!.data);
    } else if (node.bias !== undefined) {
      put(node.bias, [node.out], entries.get(name.replace('.weight', '.bias'))!.data);
    }
  });
  return weights;
}

describe.each(FORMS)('facenet-pytorch’s form of a network with %s', (form) => {
  const { graph, weights } = networks.get(form)!;

  it.skipIf(!present)(
    'has the names, shapes and types of its state dict, and its order gives our embeddings back',
    () => {
      const listed = JSON.parse(readFileSync(STATE_DICT, 'utf8')) as [string, number[], string][];
      const entries = readEntries(toFacenetPytorch(arraysOf(weights)));
      const types: Readonly<Record<string, string>> = { F32: 'float32', I64: 'int64' };
      const written = [...entries.values()].map(({ name, shape, type }) => [name, shape, types[type]]);
      expect(new Map(written.map((row) => [row[0], row]))).toEqual(new Map(listed.map((row) => [row[0], row])));
      expect(written).toHaveLength(listed.length);

      const back = fromStateDict(
        listed.map(([name]) => name),
        entries,
        graphOf(false),
      );
      const ours = embed(graph, weights, pattern(1));
      const theirs = embed(graphOf(false), back, pattern(1));
      expect(cosine(ours, theirs)).toBeGreaterThan(0.999999);
      // The difference that the picture makes is hundreds of times what the two may differ by.
      expect(largestError(ours, embed(graph, weights, pattern(2)))).toBeGreaterThan(5e-3);
      expect(largestError(ours, theirs)).toBeLessThan(1e-5);
    },
  );

  it.skipIf(!python)('loaded by PyTorch (python3-torch) gives our embeddings', () => {
    const ours = embed(graph, weights, pattern(3));
    const [theirs] = embedWithTorch(toFacenetPytorch(arraysOf(weights)), pattern(3));
    expect(cosine(ours, theirs!)).toBeGreaterThan(0.999999);
    expect(largestError(ours, theirs!)).toBeLessThan(1e-5);
  });
});

it.skipIf(!present || !python)('the published weights, loaded by PyTorch, give the published distances', () => {
  const arrays = new Map(
    readdirSync(MODEL)
      .filter((file) => file.endsWith('.npy'))
      .map((file) => convertFacenetFile(file, readFileSync(join(MODEL, file)))),
  );
  const names = ['angelina_jolie', 'bradley_cooper', 'kate_siegel', 'paul_rudd', 'shea_whigham'];
  const pictures = names.flatMap((name) => [...decodePng(readFileSync(join(GOLDEN, 'aligned', `${name}.png`))).rgb]);
  const rows = embedWithTorch(
    toFacenetPytorch(arrays),
    Float32Array.from(pictures, (value) => (value - 127.5) / 128),
  );
  const distance = (a: number, b: number) => Math.hypot(...rows[a]!.map((value, i) => value - rows[b]![i]!));
  expect(Math.abs(distance(0, 1) - 1.48177)).toBeLessThan(1e-4);
  expect(Math.abs(distance(0, 2) - 0.866562)).toBeLessThan(1e-4);
  expect(Math.abs(distance(3, 4) - 1.096777)).toBeLessThan(1e-4);
});

const folder = mkdtempSync(join(tmpdir(), 'facenet-pytorch-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Embeddings of standardised pictures by the module that the file is loaded into. */
function embedWithTorch(file: Uint8Array, pictures: Float32Array): Float32Array[] {
  const [model, input, output] = ['model.safetensors', 'in', 'out'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(model, file);
  writeFileSync(input, pictures);
  execFileSync(python!, [SCRIPT, model, input, output]);
  const numbers = new Float32Array(new Uint8Array(readFileSync(output)).buffer);
  return Array.from({ length: numbers.length / 512 }, (_, i) => numbers.subarray(i * 512, (i + 1) * 512));
}

it.each([
  ['a narrower network', inceptionResnetV1({ batch: 1, folded: true, width: 0.25 })],
  ['another embedding size', inceptionResnetV1({ batch: 1, folded: true, embeddingSize: 128 })],
])('%s does not fit the module and is refused', (_, graph) => {
  expect(errorCode(() => toFacenetPytorch(arraysOf(randomWeights(graph, 1))))).toBe('weights/shape-mismatch');
});

it('a layer that is not there is named', () => {
  const arrays = new Map(arraysOf(networks.get('folded weights')!.weights));
  arrays.delete('InceptionResnetV1/Repeat/block35_2/Conv2d_1x1/biases');
  expect(errorCode(() => toFacenetPytorch(arrays))).toBe('weights/missing-tensor');
});
