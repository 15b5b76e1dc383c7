import { FaceError } from '../core/errors';
import type { Weights } from '../core/weights';
import type { Graph, Node, Padding } from './graph';

type Shape = readonly number[];

/**
 * The shape of every node's value by node name. Throws `nn/bad-graph` with the node and the reason: an unknown input,
 * one that comes later, a name used twice, channels that do not fit, a size that falls below one.
 */
export function inferShapes(graph: Graph): Map<string, number[]> {
  const shapes = new Map<string, number[]>();
  const later = new Set(graph.nodes.map((node) => node.name));
  for (const node of graph.nodes) {
    const fail = failure(graph, node);
    if (shapes.has(node.name)) fail('the name is used twice');
    const inputs = node.inputs.map(
      (name) =>
        shapes.get(name) ?? fail(later.has(name) ? `its input ${name} comes after it` : `its input ${name} is unknown`),
    );
    shapes.set(node.name, outputShape(node, inputs, fail));
  }
  if (graph.outputs.length === 0) throw badGraph(graph, 'it has no outputs');
  for (const name of graph.outputs) if (!shapes.has(name)) throw badGraph(graph, `its output ${name} is unknown`);
  return shapes;
}

/** The shape of every weight that the graph needs, by weight name; layouts as in `core/weights.ts`. Throws as `inferShapes`. */
export function weightShapes(graph: Graph): Map<string, number[]> {
  const shapes = inferShapes(graph);
  const weights = new Map<string, number[]>();
  for (const node of graph.nodes) {
    const channels = node.inputs.length > 0 ? shapes.get(node.inputs[0]!)!.at(-1)! : 0;
    for (const [name, shape] of nodeWeights(node, channels)) {
      const known = weights.get(name);
      if (known && !sameShape(known, shape))
        failure(graph, node)(`the weights ${name} are used as [${known.join()}] and as [${shape.join()}]`);
      weights.set(name, shape);
    }
  }
  return weights;
}

/** Throws `weights/missing-tensor` or `weights/shape-mismatch` unless `weights` has all that the graph needs. */
export function checkWeights(graph: Graph, weights: Weights): void {
  for (const [name, expected] of weightShapes(graph)) {
    const tensor = weights.get(name);
    if (!tensor) throw new FaceError('weights/missing-tensor', { name });
    const length = expected.reduce((a, b) => a * b, 1);
    if (!sameShape(tensor.shape, expected) || tensor.data.length !== length)
      throw new FaceError('weights/shape-mismatch', {
        name,
        got: `[${tensor.shape.join()}]`,
        expected: `[${expected.join()}]`,
      });
  }
}

/** Length of a convolution's or pool's output along one axis; below 1 when the input is too small. */
export function outputLength(length: number, size: number, stride: number, padding: Padding): number {
  if (padding === 'same') return Math.ceil(length / stride);
  const steps = (length - size) / stride;
  return (padding === 'ceil' ? Math.ceil(steps) : Math.floor(steps)) + 1;
}

/**
 * Zeros (or, in a max pool, nothing) before and after one axis. `same` is TensorFlow's: half, rounded down, before.
 */
export function paddingAmounts(length: number, size: number, stride: number, padding: Padding): [number, number] {
  if (padding === 'valid') return [0, 0];
  const total = Math.max(0, (outputLength(length, size, stride, padding) - 1) * stride + size - length);
  const before = padding === 'same' ? Math.floor(total / 2) : 0;
  return [before, total - before];
}

type Fail = (reason: string) => never;

function badGraph(graph: Graph, reason: string): FaceError {
  return new FaceError('nn/bad-graph', { graph: graph.name, reason });
}

function failure(graph: Graph, node: Node): Fail {
  return (reason) => {
    throw badGraph(graph, `node ${node.name} (${node.op}): ${reason}`);
  };
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** How many inputs each operation takes; all others take one. */
const INPUT_COUNTS: Partial<Record<Node['op'], readonly [number, number]>> = {
  input: [0, 0],
  add: [2, Infinity],
  concat: [2, Infinity],
};

function outputShape(node: Node, inputs: readonly Shape[], fail: Fail): number[] {
  const [least, most] = INPUT_COUNTS[node.op] ?? [1, 1];
  if (inputs.length < least || inputs.length > most) fail(`it has ${inputs.length} inputs`);
  if (node.op === 'input') {
    if (node.shape.length === 0 || !node.shape.every((n) => Number.isInteger(n) && n > 0))
      fail(`the shape [${node.shape.join()}] is not one of whole numbers above 0`);
    return [...node.shape];
  }
  const x = inputs[0]!;
  switch (node.op) {
    case 'conv2d':
    case 'depthwiseConv2d': {
      const [n, h, w, c] = image(x, fail);
      const [kh, kw] = node.kernel;
      return [n, along(h, kh, node, fail), along(w, kw, node, fail), node.op === 'conv2d' ? node.out : c];
    }
    case 'maxPool':
    case 'avgPool': {
      const [n, h, w, c] = image(x, fail);
      return [n, along(h, node.size, node, fail), along(w, node.size, node, fail), c];
    }
    case 'add':
      for (const other of inputs)
        if (!sameShape(other, x)) fail(`it adds the shapes [${x.join()}] and [${other.join()}]`);
      return [...x];
    case 'concat':
      for (const other of inputs)
        if (!sameShape(other.slice(0, -1), x.slice(0, -1)))
          fail(`it joins the shapes [${x.join()}] and [${other.join()}]`);
      return [...x.slice(0, -1), inputs.reduce((sum, shape) => sum + shape.at(-1)!, 0)];
    case 'pad': {
      const [n, h, w, c] = image(x, fail);
      return [n, h + node.bottom, w + node.right, c + node.channels];
    }
    case 'slice': {
      const channels = x.at(-1)!;
      if (node.begin < 0 || node.channels < 1 || node.begin + node.channels > channels)
        fail(`channels ${node.begin} to ${node.begin + node.channels - 1} of ${channels}`);
      return [...x.slice(0, -1), node.channels];
    }
    case 'globalAvgPool': {
      const [n, , , c] = image(x, fail);
      return [n, c];
    }
    case 'flatten':
      return [x[0]!, x.slice(1).reduce((a, b) => a * b, 1)];
    case 'dense':
      if (x.length !== 2) fail(`its input has the shape [${x.join()}], not [batch, features]`);
      return [x[0]!, node.out];
    case 'resize': {
      const [n, , , c] = image(x, fail);
      if (node.height < 1 || node.width < 1) fail(`the size ${node.height}×${node.width} is below 1`);
      return [n, node.height, node.width, c];
    }
    default:
      return [...x];
  }
}

function image(x: Shape, fail: Fail): readonly [number, number, number, number] {
  if (x.length !== 4) fail(`its input has the shape [${x.join()}], not [batch, height, width, channels]`);
  return x as unknown as [number, number, number, number];
}

function along(length: number, size: number, node: { stride: number; padding: Padding }, fail: Fail): number {
  const out = outputLength(length, size, node.stride, node.padding);
  return out >= 1 ? out : fail(`${length} pixels are too few for a window of ${size}`);
}

function nodeWeights(node: Node, channels: number): [string, number[]][] {
  switch (node.op) {
    case 'conv2d':
      return [[node.weights, [node.out, ...node.kernel, channels]], ...bias(node, node.out)];
    case 'depthwiseConv2d':
      return [[node.weights, [channels, ...node.kernel, 1]], ...bias(node, channels)];
    case 'dense':
      return [[node.weights, [node.out, channels]], ...bias(node, node.out)];
    case 'batchNorm':
      return [node.mean, node.variance, node.beta].map((name) => [name, [channels]]);
    case 'scaleOffset':
      return [node.scale, node.offset].map((name) => [name, [channels]]);
    case 'prelu':
      return [[node.alpha, [channels]]];
    default:
      return [];
  }
}

function bias(node: { readonly bias?: string }, out: number): [string, number[]][] {
  return node.bias === undefined ? [] : [[node.bias, [out]]];
}
