import type { WeightTensor, Weights } from '../../src/core/weights';
import type { Graph, Node } from '../../src/nn/graph';
import { ProtoWriter } from './protobuf';

/** Enum values of onnx.proto; the numbers given to the writer are its field numbers. */
const FLOAT = 1;
const ATTRIBUTE = { float: 1, int: 2, text: 3, ints: 7 } as const;
const IR_VERSION = 8;
const OPSET = 17;

/**
 * A graph and its float32 weights as the bytes of an ONNX model, for the peer that is measured beside our own engines:
 * one ONNX node a graph node (batch norm with a gamma of ones), channels first. Inputs are `input0`, `input1`, … of
 * the shapes [n, c, h, w]; outputs `output0`, ….
 * Covers the operations of the recognition networks; throws an Error for any other, and for coarser weights.
 */
export function graphToOnnx(graph: Graph, weights: Weights): Uint8Array {
  const writer = new OnnxWriter(weights);
  for (const node of graph.nodes) writer.add(node);
  return writer.finish(graph);
}

class OnnxWriter {
  private readonly nodes = new ProtoWriter();
  private readonly tensors = new ProtoWriter();
  private readonly inputs = new ProtoWriter();
  private readonly written = new Set<string>();
  private inputCount = 0;
  private readonly renamed = new Map<string, string>();

  constructor(private readonly weights: Weights) {}

  add(node: Node): void {
    switch (node.op) {
      case 'input': {
        const [n, h, w, c] = node.shape as [number, number, number, number];
        const name = `input${String(this.inputCount++)}`;
        this.renamed.set(node.name, name);
        this.inputs.bytes(11, valueInfo(name, [n, c, h, w]));
        return;
      }
      case 'conv2d': {
        const pads = node.padding === 'same' ? 'SAME_UPPER' : 'VALID';
        const bias = node.bias === undefined ? [] : [this.tensor(node.bias)];
        this.emit('Conv', node, [this.kernel(node.weights), ...bias], (at) => {
          attribute(at, 'auto_pad', pads);
          attribute(at, 'kernel_shape', [...node.kernel]);
          attribute(at, 'strides', [node.stride, node.stride]);
        });
        return;
      }
      case 'batchNorm': {
        const beta = this.tensor(node.beta);
        const ones = this.constant(
          `${node.name}/gamma`,
          this.numbers(node.beta).map(() => 1),
        );
        const rest = [ones, beta, this.tensor(node.mean), this.tensor(node.variance)];
        this.emit('BatchNormalization', node, rest, (at) => attribute(at, 'epsilon', node.epsilon, 'float'));
        return;
      }
      case 'relu': {
        this.emit('Relu', node);
        return;
      }
      case 'add': {
        this.emit('Add', node);
        return;
      }
      case 'concat': {
        this.emit('Concat', node, [], (at) => attribute(at, 'axis', 1));
        return;
      }
      case 'multiply': {
        this.emit('Mul', node, [this.constant(`${node.name}/value`, Float32Array.of(node.value))]);
        return;
      }
      case 'maxPool':
        if (node.padding !== 'valid') break;
        {
          this.emit('MaxPool', node, [], (at) => {
            attribute(at, 'kernel_shape', [node.size, node.size]);
            attribute(at, 'strides', [node.stride, node.stride]);
          });
          return;
        }
      case 'globalAvgPool': {
        this.emit('ReduceMean', node, [], (at) => {
          attribute(at, 'axes', [2, 3]);
          attribute(at, 'keepdims', 0);
        });
        return;
      }
      case 'dense': {
        const bias = node.bias === undefined ? [] : [this.tensor(node.bias)];
        this.emit('Gemm', node, [this.tensor(node.weights), ...bias], (at) => attribute(at, 'transB', 1));
        return;
      }
      case 'dropout': {
        this.emit('Identity', node);
        return;
      }
      case 'l2Normalise': {
        this.emit('LpNormalization', node, [], (at) => {
          attribute(at, 'axis', 1);
          attribute(at, 'p', 2);
        });
        return;
      }
    }
    throw new Error(`no ONNX form of ${node.op} (${node.name})`);
  }

  finish(graph: Graph): Uint8Array {
    const outputs = new ProtoWriter();
    graph.outputs.forEach((name, i) => {
      this.nodes.message(1, (to) =>
        to
          .text(1, this.nameOf(name))
          .text(2, `output${String(i)}`)
          .text(4, 'Identity'),
      );
      outputs.bytes(12, valueInfo(`output${String(i)}`, null));
    });
    return new ProtoWriter()
      .int(1, IR_VERSION)
      .message(8, (opset) => opset.text(1, '').int(2, OPSET))
      .message(7, (to) =>
        to.append(this.nodes).text(2, graph.name).append(this.tensors).append(this.inputs).append(outputs),
      )
      .finish();
  }

  private nameOf(node: string): string {
    return this.renamed.get(node) ?? node;
  }

  private emit(
    type: string,
    node: Node,
    constants: readonly string[] = [],
    attributes: (to: ProtoWriter) => void = () => undefined,
  ): void {
    this.nodes.message(1, (to) => {
      for (const input of [...node.inputs.map((name) => this.nameOf(name)), ...constants]) to.text(1, input);
      to.text(2, node.name).text(3, node.name).text(4, type);
      attributes(to);
    });
  }

  private weight(name: string): WeightTensor & { dtype: 'float32' } {
    const found = this.weights.get(name);
    if (found?.dtype !== 'float32') throw new Error(`${name}: float32 weights needed`);
    return found;
  }

  private numbers(name: string): Float32Array {
    return this.weight(name).data;
  }

  private tensor(name: string): string {
    const { shape, data } = this.weight(name);
    return this.write(name, shape, data);
  }

  /** [out, h, w, in] → [out, in, h, w]. */
  private kernel(name: string): string {
    const { shape, data } = this.weight(name);
    const [out, h, w, c] = shape as [number, number, number, number];
    return this.write(name, [out, c, h, w], channelsFirst(data, out, h * w, c));
  }

  private constant(name: string, data: Float32Array): string {
    return this.write(name, [data.length], data);
  }

  private write(name: string, shape: readonly number[], data: Float32Array): string {
    if (this.written.has(name)) return name;
    this.written.add(name);
    this.tensors.message(5, (to) => {
      for (const size of shape) to.int(1, size);
      to.int(2, FLOAT)
        .text(8, name)
        .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    });
    return name;
  }
}

/** [n, positions, channels] → [n, channels, positions]. */
export function channelsFirst(data: Float32Array, n: number, positions: number, channels: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let i = 0, at = 0; i < n; i++)
    for (let p = 0; p < positions; p++)
      for (let c = 0; c < channels; c++) result[(i * channels + c) * positions + p] = data[at++]!;
  return result;
}

function attribute(
  node: ProtoWriter,
  name: string,
  value: number | string | readonly number[],
  kind: 'int' | 'float' = 'int',
): void {
  node.message(5, (to) => {
    to.text(1, name);
    if (typeof value === 'string') to.bytes(4, new TextEncoder().encode(value)).int(20, ATTRIBUTE.text);
    else if (typeof value !== 'number') {
      for (const item of value) to.int(8, item);
      to.int(20, ATTRIBUTE.ints);
    } else if (kind === 'float') to.float(2, value).int(20, ATTRIBUTE.float);
    else to.int(3, value).int(20, ATTRIBUTE.int);
  });
}

function valueInfo(name: string, shape: readonly number[] | null): Uint8Array {
  return new ProtoWriter()
    .text(1, name)
    .message(2, (type) =>
      type.message(1, (tensor) => {
        tensor.int(1, FLOAT);
        if (shape)
          tensor.message(2, (dims) => {
            for (const size of shape) dims.message(1, (dim) => dim.int(1, size));
          });
      }),
    )
    .finish();
}
