import { ByteBuffer } from 'flatbuffers';
import { expect, test } from 'vitest';
import { GraphBuilder } from '../../../src/nn/builder';
import type { Graph } from '../../../src/nn/graph';
import { lower, writeTflite } from '../../../src/nn/tflite';
import { Operation } from '../../../src/nn/tfliteFormat';
import { randomWeights, toInt8 } from '../../fixtures/randomWeights';

/** A table of a FlatBuffers file, read by its fields' positions. */
class Table {
  constructor(
    private readonly file: ByteBuffer,
    private readonly at: number,
  ) {}
  static root(bytes: Uint8Array): Table {
    const file = new ByteBuffer(bytes);
    return new Table(file, file.readInt32(0));
  }
  private field(position: number): number {
    const offset = this.file.__offset(this.at, 4 + 2 * position);
    return offset === 0 ? 0 : this.at + offset;
  }
  int(position: number, absent = 0): number {
    const at = this.field(position);
    return at === 0 ? absent : this.file.readInt32(at);
  }
  byte(position: number): number {
    const at = this.field(position);
    return at === 0 ? 0 : this.file.readInt8(at);
  }
  table(position: number): Table {
    return new Table(this.file, this.file.__indirect(this.field(position)));
  }
  length(position: number): number {
    const at = this.field(position);
    return at === 0 ? 0 : this.file.__vector_len(at);
  }
  /** Where the vector's contents begin in the file. */
  start(position: number): number {
    return this.file.__vector(this.field(position));
  }
  tables(position: number): Table[] {
    return Array.from({ length: this.length(position) }, (_, i) => {
      return new Table(this.file, this.file.__indirect(this.start(position) + 4 * i));
    });
  }
  ints(position: number): number[] {
    return Array.from({ length: this.length(position) }, (_, i) => this.file.readInt32(this.start(position) + 4 * i));
  }
}

function convolutions(): Graph {
  const g = new GraphBuilder('two');
  const x = g.input('x', [2, 8, 6, 3]);
  const one = g.conv('one', x, { kernel: [3, 3], out: 4, scope: 'shared' });
  const relu = g.add('relu', one, { op: 'relu' });
  const flat = g.add('flat', g.conv('other', x, { kernel: [3, 3], out: 4, scope: 'shared' }), { op: 'flatten' });
  return g.graph([relu, g.dense('dense', flat, { out: 5 })]);
}

test('the file has the format’s identifier, version, input and outputs', () => {
  const graph = convolutions();
  const bytes = writeTflite(graph, randomWeights(graph, 1));
  expect(new TextDecoder().decode(bytes.subarray(4, 8))).toBe('TFL3');
  const model = Table.root(bytes);
  expect(model.int(0)).toBe(3);
  const [subgraph] = model.tables(2);
  const tensors = subgraph!.tables(0);
  const shapesAt = (position: number) => subgraph!.ints(position).map((index) => tensors[index]!.ints(0));
  expect(shapesAt(1)).toEqual([[2, 8, 6, 3]]);
  expect(shapesAt(2)).toEqual([
    [2, 6, 4, 4],
    [2, 5],
  ]);
});

test('constants are aligned to 16 bytes', () => {
  const graph = convolutions();
  const buffers = Table.root(writeTflite(graph, randomWeights(graph, 1))).tables(4);
  expect(buffers[0]!.length(0)).toBe(0);
  for (const buffer of buffers.slice(1)) expect(buffer.start(0) % 16).toBe(0);
});

test('weights that two nodes share are written once', () => {
  const graph = convolutions();
  const buffers = Table.root(writeTflite(graph, randomWeights(graph, 1))).tables(4);
  const kernels = buffers.filter((buffer) => buffer.length(0) === 4 * 4 * 3 * 3 * 3);
  expect(kernels).toHaveLength(1);
});

test('a ReLU that alone reads a convolution is part of it', () => {
  const graph = convolutions();
  const [subgraph] = Table.root(writeTflite(graph, randomWeights(graph, 1))).tables(2);
  const activations = subgraph!.tables(3).map((operator) => operator.table(4).byte(3));
  expect(lower(graph, randomWeights(graph, 1)).operators.map(({ code }) => code)).toEqual([
    Operation.conv2d,
    Operation.conv2d,
    Operation.reshape,
    Operation.fullyConnected,
  ]);
  expect(activations.slice(0, 2)).toEqual([1, 0]);
});

test('8-bit kernels stay 8-bit, a scale an output channel, in the operations’ versions that quantise activations', () => {
  const graph = convolutions();
  const weights = randomWeights(graph, 1);
  for (const [name, tensor] of weights) if (name.endsWith('/weights')) weights.set(name, toInt8(tensor));
  const model = Table.root(writeTflite(graph, weights));
  const versions = new Map(model.tables(1).map((code) => [code.int(3), code.int(2, 1)]));
  expect(versions.get(Operation.conv2d)).toBe(5);
  expect(versions.get(Operation.fullyConnected)).toBe(3);
  const int8 = model
    .tables(2)[0]!
    .tables(0)
    .filter((tensor) => tensor.byte(1) === 9);
  expect(int8.map((tensor) => tensor.ints(0))).toEqual([
    [4, 3, 3, 3],
    [5, 96],
  ]);
  for (const tensor of int8) {
    const channels = tensor.ints(0)[0];
    const quantisation = tensor.table(4);
    expect([quantisation.length(2), quantisation.length(3), quantisation.int(6)]).toEqual([channels, channels, 0]);
  }
});

test('pools that round up become the format’s own padding where that is the same', () => {
  const operations = (height: number, size: number) => {
    const g = new GraphBuilder('pool');
    const x = g.input('x', [1, height, height, 2]);
    const graph = g.graph([g.add('y', x, { op: 'maxPool', size, stride: 2, padding: 'ceil' })]);
    const [subgraph] = Table.root(writeTflite(graph, new Map())).tables(2);
    return subgraph!.tables(3).map((operator) => operator.table(4).byte(0));
  };
  const [same, valid] = [0, 1];
  expect(operations(9, 2)).toEqual([same]);
  expect(operations(8, 2)).toEqual([valid]);
  expect(operations(22, 3)).toEqual([same]);
  expect(operations(9, 3)).toEqual([valid]);
});

test('an average over padding has no operation of its own and is refused', () => {
  const g = new GraphBuilder('average');
  const graph = g.graph([
    g.add('y', g.input('x', [1, 7, 7, 2]), { op: 'avgPool', size: 3, stride: 3, padding: 'ceil' }),
  ]);
  expect(() => writeTflite(graph, new Map())).toThrow(/cannot run the operation/);
});

test('weights that are not there are named', () => {
  expect(() => writeTflite(convolutions(), new Map())).toThrow(/shared\/weights/);
});
