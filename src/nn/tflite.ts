import { FaceError } from '../core/errors';
import type { WeightTensor, Weights } from '../core/weights';
import type { Graph, Node, Padding } from './graph';
import { inferShapes, outputLength, paddingAmounts } from './shapes';
import {
  Activation,
  encodeTflite,
  Operation,
  Options,
  TensorType,
  TflitePadding,
  type TfliteModel,
  type TfliteOperator,
  type TfliteTensor,
} from './tfliteFormat';
import { toFloat32 } from './weightValues';

/**
 * The graph and its weights as a `.tflite` file. Float16 weights are widened to float32: the engines would do so
 * anyhow, keeping both. int8 kernels and matrices stay as they are, with activations quantised at run time; any other
 * int8 weights are widened. Throws `nn/bad-graph`, `nn/unsupported-op`, `weights/missing-tensor`.
 */
export function writeTflite(graph: Graph, weights: Weights): Uint8Array {
  return encodeTflite(lower(graph, weights));
}

/** The graph as TFLite operations; exported for tests. */
export function lower(graph: Graph, weights: Weights): TfliteModel {
  const lowering = new Lowering(graph, weights);
  for (const node of graph.nodes) lowering.add(node);
  return lowering.model();
}

/** Operations that can apply a ReLU to their own result. */
const FUSES_RELU: ReadonlySet<Node['op']> = new Set([
  'conv2d',
  'depthwiseConv2d',
  'dense',
  'add',
  'scaleOffset',
  'batchNorm',
]);

class Lowering {
  private readonly tensors: TfliteTensor[] = [];
  private readonly operators: TfliteOperator[] = [];
  private readonly inputs: number[] = [];
  /** Tensor index of each node's value. */
  private readonly values = new Map<string, number>();
  /** Tensor index of each constant, so that nodes with the same weights share them. */
  private readonly constants = new Map<string, number>();
  private readonly shapes: Map<string, number[]>;
  /** Nodes whose only reader is a ReLU. */
  private readonly withRelu: Set<string>;

  constructor(
    private readonly graph: Graph,
    private readonly weights: Weights,
  ) {
    this.shapes = inferShapes(graph);
    this.withRelu = nodesWithRelu(graph);
  }

  model(): TfliteModel {
    const { name, outputs } = this.graph;
    const results = new Set<number>();
    for (const output of outputs) results.add(this.separate(output, results));
    const { tensors, operators, inputs } = this;
    return { name, tensors, operators, inputs, outputs: [...results] };
  }

  add(node: Node): void {
    this.values.set(node.name, this.lower(node));
  }

  /** Appends what computes the node; returns its value's tensor. */
  private lower(node: Node): number {
    const inputs = node.inputs.map((name) => this.values.get(name)!);
    const x = inputs[0]!;
    const shape = this.shapes.get(node.name)!;
    const activation = this.withRelu.has(node.name) ? Activation.relu : Activation.none;
    const emit = (code: number, from: readonly number[], options: TfliteOperator['options'], version = 1) =>
      this.emit(node.name, shape, { code, version, inputs: from, ...(options && { options }) });
    switch (node.op) {
      case 'input': {
        const input = this.tensor({ name: node.name, shape, type: TensorType.float32 });
        this.inputs.push(input);
        return input;
      }
      case 'conv2d': {
        const kernel = this.kernel(node.weights);
        const options = Options.conv2d(TflitePadding[node.padding], node.stride, activation);
        return emit(Operation.conv2d, [x, kernel, this.bias(node, node.out)], options, this.isInt8(kernel) ? 5 : 1);
      }
      case 'depthwiseConv2d': {
        const inputs = [x, this.depthwiseKernel(node.weights), this.bias(node, shape.at(-1)!)];
        const options = Options.depthwiseConv2d(TflitePadding[node.padding], node.stride, activation);
        return emit(Operation.depthwiseConv2d, inputs, options);
      }
      case 'dense': {
        const matrix = this.kernel(node.weights);
        const options = Options.fullyConnected(activation);
        return emit(
          Operation.fullyConnected,
          [x, matrix, this.bias(node, node.out)],
          options,
          this.isInt8(matrix) ? 3 : 1,
        );
      }
      case 'batchNorm':
        return this.scaleAndOffset(node, x, ...normalisation(node, (name) => this.floats(name)), activation);
      case 'scaleOffset':
        return this.scaleAndOffset(node, x, this.floats(node.scale), this.floats(node.offset), activation);
      case 'relu':
        return this.withRelu.has(node.inputs[0]!) ? x : emit(Operation.relu, [x], undefined);
      case 'prelu': {
        const alpha = this.floats(node.alpha);
        return emit(
          Operation.prelu,
          [x, this.constant(node.alpha, shape.length === 2 ? [alpha.length] : [1, 1, alpha.length], alpha)],
          undefined,
        );
      }
      case 'add': {
        const last = inputs.length - 1;
        return inputs.reduce((sum, next, i) =>
          emit(Operation.add, [sum, next], Options.add(i === last ? activation : Activation.none)),
        );
      }
      case 'concat':
        return emit(Operation.concatenation, inputs, Options.concatenation(shape.length - 1));
      case 'multiply': {
        const factor = this.constant(`${node.name}/value`, [1], Float32Array.of(node.value));
        return emit(Operation.mul, [x, factor], Options.mul(Activation.none));
      }
      case 'maxPool':
      case 'avgPool':
        return this.pool(node, x);
      case 'pad':
        return this.pad(node.name, x, shape, [0, node.bottom, node.right, node.channels]);
      case 'slice': {
        const begin = shape.map((_, axis) => (axis === shape.length - 1 ? node.begin : 0));
        const from = this.constant(`begin ${begin.join()}`, [begin.length], Int32Array.from(begin));
        return emit(Operation.slice, [x, from, this.shape(shape)], Options.slice());
      }
      case 'globalAvgPool': {
        const axes = this.constant('spatial axes', [2], Int32Array.of(1, 2));
        return emit(Operation.mean, [x, axes], Options.reducer(false));
      }
      case 'flatten':
        return emit(Operation.reshape, [x, this.shape(shape)], Options.reshape());
      case 'resize': {
        const size = this.constant(`size ${node.height},${node.width}`, [2], Int32Array.of(node.height, node.width));
        return emit(Operation.resizeBilinear, [x, size], Options.resizeBilinear(), 3);
      }
      case 'softmax':
        return emit(Operation.softmax, [x], Options.softmax(1));
      case 'dropout':
        return x;
      case 'l2Normalise':
        return this.l2Normalise(node.name, x, shape);
    }
  }

  /** The output's tensor, as a copy where it is an input too or another output already: engines allow neither. */
  private separate(output: string, taken: ReadonlySet<number>): number {
    const value = this.values.get(output)!;
    if (!taken.has(value) && !this.inputs.includes(value)) return value;
    const shape = this.shapes.get(output)!;
    const inputs = [value, this.shape(shape)];
    return this.emit(`${output}/copy`, shape, {
      code: Operation.reshape,
      version: 1,
      inputs,
      options: Options.reshape(),
    });
  }

  private shape(shape: readonly number[]): number {
    return this.constant(`shape ${shape.join()}`, [shape.length], Int32Array.from(shape));
  }

  private pool(node: Extract<Node, { op: 'maxPool' | 'avgPool' }>, x: number): number {
    const { size, stride, padding } = node;
    const from = this.tensors[x]!.shape;
    const shape = this.shapes.get(node.name)!;
    const code = node.op === 'maxPool' ? Operation.maxPool : Operation.averagePool;
    const simple = (['valid', 'same'] as const).find((name) =>
      [1, 2].every((axis) => samePlaces(from[axis]!, size, stride, padding, name)),
    );
    if (simple)
      return this.emit(node.name, shape, {
        code,
        version: 1,
        inputs: [x],
        options: Options.pool2d(TflitePadding[simple], stride, size, size),
      });
    // An average would count the padding, which is left out of it where the file's own padding does the work.
    if (node.op === 'avgPool') throw new FaceError('nn/unsupported-op', { engine: 'litert', op: 'avgPool ceil' });
    const [, bottom, right] = [0, 1, 2].map((axis) => paddingAmounts(from[axis]!, size, stride, padding)[1]);
    const wider = [from[0]!, from[1]! + bottom!, from[2]! + right!, from[3]!];
    const padded = this.pad(`${node.name}/pad`, x, wider, [0, bottom!, right!, 0], -3.4e38);
    return this.emit(node.name, shape, {
      code,
      version: 1,
      inputs: [padded],
      options: Options.pool2d(TflitePadding.valid, stride, size, size),
    });
  }

  /** `after`: how many values to add after each axis. */
  private pad(name: string, x: number, shape: readonly number[], after: readonly number[], value = 0): number {
    const amounts = this.constant(`pad ${after.join()}`, [4, 2], Int32Array.from(after.flatMap((n) => [0, n])));
    if (value === 0)
      return this.emit(name, shape, { code: Operation.pad, version: 1, inputs: [x, amounts], options: Options.pad() });
    const filler = this.constant(`filler ${value}`, [1], Float32Array.of(value));
    return this.emit(name, shape, { code: Operation.padV2, version: 1, inputs: [x, amounts, filler] });
  }

  /** x / max(|x|, 1e-6) from basic operations: WebGPU lacks the one that does it all. */
  private l2Normalise(name: string, x: number, shape: readonly number[]): number {
    const row = [...shape.slice(0, -1), 1];
    const axis = this.constant('last axis', [1], Int32Array.of(shape.length - 1));
    const least = this.constant('least square', [1], Float32Array.of(1e-12));
    const step = (part: string, of: readonly number[], operator: Omit<TfliteOperator, 'outputs' | 'version'>) =>
      this.emit(part, of, { version: 1, ...operator });
    const square = step(`${name}/square`, shape, {
      code: Operation.mul,
      inputs: [x, x],
      options: Options.mul(Activation.none),
    });
    const sum = step(`${name}/sum`, row, {
      code: Operation.sum,
      inputs: [square, axis],
      options: Options.reducer(true),
    });
    const safe = step(`${name}/safe`, row, {
      code: Operation.maximum,
      inputs: [sum, least],
      options: Options.maximumMinimum(),
    });
    const scale = step(`${name}/scale`, row, { code: Operation.rsqrt, inputs: [safe] });
    return step(name, shape, { code: Operation.mul, inputs: [x, scale], options: Options.mul(Activation.none) });
  }

  private scaleAndOffset(node: Node, x: number, scale: Float32Array, offset: Float32Array, activation: number): number {
    const shape = this.shapes.get(node.name)!;
    const scaled = this.emit(`${node.name}/scaled`, shape, {
      code: Operation.mul,
      version: 1,
      inputs: [x, this.constant(`${node.name}/scale`, [scale.length], scale)],
      options: Options.mul(Activation.none),
    });
    return this.emit(node.name, shape, {
      code: Operation.add,
      version: 1,
      inputs: [scaled, this.constant(`${node.name}/offset`, [offset.length], offset)],
      options: Options.add(activation),
    });
  }

  private emit(name: string, shape: readonly number[], operator: Omit<TfliteOperator, 'outputs'>): number {
    const output = this.tensor({ name, shape, type: TensorType.float32 });
    this.operators.push({ ...operator, outputs: [output] });
    return output;
  }

  private tensor(tensor: TfliteTensor): number {
    return this.tensors.push(tensor) - 1;
  }

  private constant(name: string, shape: readonly number[], data: Float32Array | Int32Array): number {
    return this.shared(name, () => ({
      name,
      shape,
      type: data instanceof Int32Array ? TensorType.int32 : TensorType.float32,
      data,
    }));
  }

  /** A convolution's or dense layer's weights, int8 as they are. */
  private kernel(name: string): number {
    return this.shared(name, () => {
      const weight = this.weight(name);
      const { shape } = weight;
      if (weight.dtype === 'int8')
        return { name, shape, type: TensorType.int8, data: weight.data, scale: weight.scale };
      return { name, shape, type: TensorType.float32, data: toFloat32(weight) };
    });
  }

  /** A depthwise convolution's weights as [1, kh, kw, channels], in floats: no kernel here takes 8-bit ones with float activations. */
  private depthwiseKernel(name: string): number {
    const [channels, kh, kw] = this.weight(name).shape as [number, number, number, number];
    const own = this.floats(name);
    const data = new Float32Array(own.length);
    for (let c = 0, from = 0; c < channels; c++)
      for (let place = 0; place < kh * kw; place++) data[place * channels + c] = own[from++]!;
    return this.constant(name, [1, kh, kw, channels], data);
  }

  /** Zeros where the layer has no bias: not every kernel takes it as optional. */
  private bias(node: { readonly bias?: string }, out: number): number {
    if (node.bias === undefined) return this.constant(`zeros ${out}`, [out], new Float32Array(out));
    return this.constant(node.bias, [out], this.floats(node.bias));
  }

  private isInt8(tensor: number): boolean {
    return this.tensors[tensor]!.type === TensorType.int8;
  }

  private shared(key: string, make: () => TfliteTensor): number {
    let index = this.constants.get(key);
    if (index === undefined) this.constants.set(key, (index = this.tensor(make())));
    return index;
  }

  private floats(name: string): Float32Array {
    return toFloat32(this.weight(name));
  }

  private weight(name: string): WeightTensor {
    const tensor = this.weights.get(name);
    if (!tensor) throw new FaceError('weights/missing-tensor', { name });
    return tensor;
  }
}

function nodesWithRelu(graph: Graph): Set<string> {
  const readers = new Map<string, number>();
  for (const name of [...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs])
    readers.set(name, (readers.get(name) ?? 0) + 1);
  const fusing = new Set(graph.nodes.filter((node) => FUSES_RELU.has(node.op)).map((node) => node.name));
  const relus = graph.nodes.filter((node) => node.op === 'relu').map((node) => node.inputs[0]!);
  return new Set(relus.filter((name) => fusing.has(name) && readers.get(name) === 1));
}

/** (x − mean) / √(variance + epsilon) + beta as scale and offset. */
function normalisation(
  node: Extract<Node, { op: 'batchNorm' }>,
  floats: (name: string) => Float32Array,
): [Float32Array, Float32Array] {
  const [mean, variance, beta] = [floats(node.mean), floats(node.variance), floats(node.beta)];
  const scale = variance.map((v) => 1 / Math.sqrt(v + node.epsilon));
  return [scale, beta.map((b, i) => b - mean[i]! * scale[i]!)];
}

/** Whether padding `a` puts the windows where padding `b` would. */
function samePlaces(length: number, size: number, stride: number, a: Padding, b: Padding): boolean {
  if (outputLength(length, size, stride, a) !== outputLength(length, size, stride, b)) return false;
  const [before, after] = paddingAmounts(length, size, stride, a);
  const [otherBefore, otherAfter] = paddingAmounts(length, size, stride, b);
  return before === otherBefore && after === otherAfter;
}
