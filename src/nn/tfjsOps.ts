import * as tf from '@tensorflow/tfjs-core';
import { FaceError } from '../core/errors';
import type { Weights } from '../core/weights';
import { readerCounts, type Graph, type Node, type Op } from './graph';
import { paddingAmounts } from './shapes';
import { tfjsAxes } from './tfjsLayout';
import { toFloat32 } from './weightValues';

/** Weights on the device by name, in tfjs's layouts (`uploadWeights` makes them). */
export type Tensors = ReadonlyMap<string, tf.Tensor>;

type OpFunction<K extends Op['op']> = (
  node: Node & { readonly op: K },
  inputs: readonly tf.Tensor[],
  weights: Tensors,
) => tf.Tensor;
export type OpTable = { readonly [K in Op['op']]: OpFunction<K> };

// TensorFlow's own, so that a row of zeros stays zero.
const L2_EPSILON = 1e-10;

/** What each operation is in tfjs: one function an operation, each differentiable. */
const OPS: OpTable = {
  input: (node) => {
    throw new FaceError('internal', { reason: `the input ${node.name} was not given` });
  },
  conv2d: (node, [x], weights) => tf.fused.conv2d(convolution(node, x!, weights)),
  depthwiseConv2d: (node, [x], weights) => tf.fused.depthwiseConv2d(convolution(node, x!, weights)),
  batchNorm: (node, [x], weights) =>
    tf.batchNorm(
      x!,
      need(weights, node.mean),
      need(weights, node.variance),
      need(weights, node.beta),
      undefined,
      node.epsilon,
    ),
  scaleOffset: (node, [x], weights) => tf.add(tf.mul(x!, need(weights, node.scale)), need(weights, node.offset)),
  relu: (_, [x]) => tf.relu(x!),
  prelu: (node, [x], weights) => tf.prelu(x!, need(weights, node.alpha)),
  add: (_, [x, ...rest]) => rest.reduce((sum, next) => tf.add(sum, next), x!),
  concat: (_, inputs) => tf.concat([...inputs], -1),
  multiply: (node, [x]) => tf.mul(x!, node.value),
  maxPool: (node, [x]) => tf.maxPool(x as tf.Tensor4D, node.size, node.stride, poolPadding(node, x!)),
  avgPool: (node, [x]) => tf.avgPool(x as tf.Tensor4D, node.size, node.stride, poolPadding(node, x!)),
  pad: (node, [x]) =>
    tf.pad(x as tf.Tensor4D, [
      [0, 0],
      [0, node.bottom],
      [0, node.right],
      [0, node.channels],
    ]),
  slice: (node, [x]) => {
    const begin = x!.shape.map((_, axis) => (axis === x!.rank - 1 ? node.begin : 0));
    return tf.slice(x!, begin, [...x!.shape.slice(0, -1), node.channels]);
  },
  globalAvgPool: (_, [x]) => tf.mean(x!, [1, 2]),
  flatten: (_, [x]) => tf.reshape(x!, [x!.shape[0], -1]),
  dense: (node, [x], weights) => {
    const product = tf.matMul(x!, need(weights, node.weights), false, true);
    return node.bias === undefined ? product : tf.add(product, need(weights, node.bias));
  },
  resize: (node, [x]) => tf.image.resizeBilinear(x as tf.Tensor4D, [node.height, node.width], false, true),
  softmax: (_, [x]) => tf.softmax(x!),
  dropout: (_, [x]) => tf.clone(x!),
  l2Normalise: (_, [x]) => tf.div(x!, tf.sqrt(tf.maximum(tf.sum(tf.square(x!), -1, true), L2_EPSILON))),
};

/**
 * The values of the graph's outputs on the tfjs backend in use. `inputs` in the order of the input nodes. Call it inside
 * `tf.tidy`, or inside the function that a gradient is taken of; with `free`, for inference, each value is disposed of
 * after its last reader, which keeps memory small. `ops` replaces operations by others: training has its own batch norm.
 */
export function runGraph(
  graph: Graph,
  weights: Tensors,
  inputs: readonly tf.Tensor[],
  options: { readonly free?: boolean; readonly ops?: Partial<OpTable> } = {},
): tf.Tensor[] {
  const ops = { ...OPS, ...options.ops };
  const values = new Map<string, tf.Tensor>();
  const readers = options.free ? readerCounts(graph) : undefined;
  let next = 0;
  for (const node of graph.nodes) {
    if (node.op === 'input') {
      values.set(node.name, inputs[next++] ?? OPS.input(node, [], weights));
      // The caller's, so never disposed of here.
      readers?.delete(node.name);
      continue;
    }
    const from = node.inputs.map((name) => values.get(name)!);
    values.set(node.name, compute(ops, node, from, weights));
    for (const name of readers ? node.inputs : []) {
      const left = readers!.get(name);
      if (left === 1) values.get(name)!.dispose();
      if (left !== undefined) readers!.set(name, left - 1);
    }
  }
  return graph.outputs.map((name) => values.get(name)!);
}

function compute(ops: OpTable, node: Node & { op: Op['op'] }, inputs: readonly tf.Tensor[], weights: Tensors) {
  const run = ops[node.op] as (node: Node, inputs: readonly tf.Tensor[], weights: Tensors) => tf.Tensor;
  return run(node, inputs, weights);
}

function convolution(node: Node & { readonly op: 'conv2d' | 'depthwiseConv2d' }, x: tf.Tensor, weights: Tensors) {
  return {
    x: x as tf.Tensor4D,
    filter: need(weights, node.weights) as tf.Tensor4D,
    strides: node.stride,
    pad: node.padding,
    ...(node.bias !== undefined && { bias: need(weights, node.bias) }),
  };
}

function need(weights: Tensors, name: string): tf.Tensor {
  const tensor = weights.get(name);
  if (!tensor) throw new FaceError('weights/missing-tensor', { name });
  return tensor;
}

/** The weights as tensors of the active backend, in tfjs's layouts: kernels [kh, kw, in, out], depthwise [kh, kw, channels, 1]. */
export function uploadWeights(graph: Graph, weights: Weights): Map<string, tf.Tensor> {
  const axes = tfjsAxes(graph);
  return new Map(
    [...weights].map(([name, weight]) => {
      const upload = () => tf.tensor(toFloat32(weight), [...weight.shape]);
      const order = axes.get(name);
      return [name, order ? tf.tidy(() => tf.transpose(upload(), [...order])) : upload()];
    }),
  );
}

type PoolNode = Extract<Node, { op: 'maxPool' | 'avgPool' }>;

function poolPadding(
  { size, stride, padding }: PoolNode,
  x: tf.Tensor,
): 'valid' | 'same' | tf.backend_util.ExplicitPadding {
  if (padding !== 'ceil') return padding;
  const [, height, width] = x.shape as [number, number, number, number];
  return [[0, 0], paddingAmounts(height, size, stride, padding), paddingAmounts(width, size, stride, padding), [0, 0]];
}
