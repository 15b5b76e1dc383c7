import { Builder } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../../src/nn/builder';
import { writeTflite } from '../../../../src/nn/tflite';
import { encodeFloat16 } from '../../../../src/core/float16';
import { readTflite } from '../../../../src/weights/formats/tflite';
import { largestError, randomWeights, toInt8 } from '../../../fixtures/randomWeights';
import { toFloat32 } from '../../../../src/nn/weightValues';
import { errorCode } from '../errorCode';

interface Spec {
  readonly type: number;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
  readonly scales?: readonly number[];
  readonly zeros?: readonly number[];
  readonly axis?: number;
  readonly sparse?: boolean;
}

/** A file by hand with one constant and an operation that reads it. */
function file(spec: Spec, { version = 3, graphs = 1, identifier = 'TFL3', input = 0, code = 0 } = {}): Uint8Array {
  const b = new Builder(1024);
  const ints = (values: readonly number[]) => {
    b.startVector(4, values.length, 4);
    for (const value of values.toReversed()) b.addInt32(value);
    return b.endVector();
  };
  const offsets = (values: readonly number[]) => {
    b.startVector(4, values.length, 4);
    for (const value of values.toReversed()) b.addOffset(value);
    return b.endVector();
  };
  const bytes = (data: Uint8Array) => {
    b.startVector(1, data.length, 16);
    for (let i = data.length - 1; i >= 0; i--) b.addInt8(data[i]!);
    return b.endVector();
  };
  const table = (fields: readonly (readonly [number, 'offset' | 'int' | 'byte', number])[]) => {
    b.startObject(8);
    for (const [at, kind, value] of fields) {
      if (kind === 'offset') b.addFieldOffset(at, value, 0);
      else if (kind === 'int') b.addFieldInt32(at, value, 0);
      else b.addFieldInt8(at, value, 0);
    }
    return b.endObject();
  };
  const buffers = offsets([table([]), table([[0, 'offset', bytes(spec.data)]])]);
  const quantisation = () => {
    b.startVector(4, spec.scales!.length, 4);
    for (const value of spec.scales!.toReversed()) b.addFloat32(value);
    const scales = b.endVector();
    const zeros = spec.zeros ?? [];
    b.startVector(8, zeros.length, 8);
    for (const value of zeros.toReversed()) b.addInt64(BigInt(value));
    return table([
      [2, 'offset', scales],
      [3, 'offset', b.endVector()],
      [6, 'int', spec.axis ?? 0],
    ]);
  };
  const tensor = () => {
    const shape = ints(spec.shape);
    const name = b.createString('kernel');
    const extra = spec.scales ? [[4, 'offset', quantisation()] as const] : [];
    const sparse = spec.sparse ? [[6, 'offset', table([])] as const] : [];
    return table([
      [0, 'offset', shape],
      [1, 'byte', spec.type],
      [2, 'int', 1],
      [3, 'offset', name],
      ...extra,
      ...sparse,
    ]);
  };
  const graph = () => {
    const tensors = offsets([tensor()]);
    const inputs = ints([input]);
    const outputs = ints([-1]);
    const operators = offsets([
      table([
        [0, 'int', code],
        [1, 'offset', inputs],
        [2, 'offset', outputs],
      ]),
    ]);
    return table([
      [0, 'offset', tensors],
      [3, 'offset', operators],
    ]);
  };
  const codes = offsets([table([[0, 'byte', 3]])]);
  const all = offsets(Array.from({ length: graphs }, graph));
  const root = table([
    [0, 'int', version],
    [1, 'offset', codes],
    [2, 'offset', all],
    [4, 'offset', buffers],
  ]);
  b.finish(root, identifier);
  return b.asUint8Array().slice();
}

const bytesOf = (data: ArrayBufferView) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const floats: Spec = { type: 0, shape: [2, 3], data: bytesOf(Float32Array.of(1, -2, 3, 4, 5, 6)) };
const int8 = (scales: readonly number[], rest: Partial<Spec> = {}): Spec => ({
  type: 9,
  shape: [2, 3],
  data: bytesOf(Int8Array.of(1, -2, 3, 4, 5, -128)),
  scales,
  ...rest,
});
const numbers = (bytes: Uint8Array) => [...readTflite(bytes, 'x.tflite').tensors[0]!.read()!.data];
const code = (bytes: Uint8Array) =>
  errorCode(() => readTflite(bytes, 'x.tflite').tensors.map((tensor) => tensor.read()));

describe('tflite', () => {
  it.each<[string, Spec, number[]]>([
    ['float32', floats, [1, -2, 3, 4, 5, 6]],
    [
      'float16',
      { ...floats, type: 1, data: bytesOf(encodeFloat16(Float32Array.of(1, -2, 3, 4, 5, 6))) },
      [1, -2, 3, 4, 5, 6],
    ],
    ['8-bit with one scale and a zero point', int8([0.5], { zeros: [2] }), [-0.5, -2, 0.5, 1, 1.5, -65]],
    ['8-bit with a scale for each row', int8([1, 2]), [1, -2, 3, 8, 10, -256]],
    ['8-bit with a scale for each column', int8([1, 2, 0.5], { axis: 1 }), [1, -4, 1.5, 4, 10, -64]],
  ])('reads %s numbers', (_, spec, expected) => {
    const { tensors, operators } = readTflite(file(spec), 'x.tflite');
    expect(tensors[0]).toMatchObject({ name: 'kernel', shape: [2, 3] });
    expect(operators).toEqual([{ code: 3, inputs: [0], outputs: [-1] }]);
    expect(numbers(file(spec))).toEqual(expected);
  });

  it('gives back what our writer wrote, 8-bit kernels too', () => {
    const g = new GraphBuilder('g');
    const graph = g.graph([g.conv('c', g.input('x', [1, 5, 5, 3]), { kernel: [3, 3], out: 4 })]);
    const weights = randomWeights(graph, 1);
    weights.set('c/weights', toInt8(weights.get('c/weights')!));
    const { tensors } = readTflite(writeTflite(graph, weights), 'x.tflite');
    for (const [name, weight] of weights) {
      const read = tensors.find((tensor) => tensor.name === name)!.read()!;
      expect(read.shape).toEqual(weight.shape);
      expect(largestError(read.data, toFloat32(weight))).toBeLessThan(1e-6);
    }
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'weights/bad-format'],
    ['another file', new TextEncoder().encode('PK this is a zip'), 'weights/bad-format'],
    ['another identifier', file(floats, { identifier: 'TFL2' }), 'weights/bad-format'],
    ['another version', file(floats, { version: 2 }), 'weights/bad-format'],
    ['two graphs', file(floats, { graphs: 2 }), 'weights/bad-format'],
    ['no graph', file(floats, { graphs: 0 }), 'weights/bad-format'],
    ['a tensor that is not there', file(floats, { input: 7 }), 'weights/bad-format'],
    ['a kind of operation that is not there', file(floats, { code: 7 }), 'weights/bad-format'],
    ['fewer numbers than its shape', file({ ...floats, shape: [2, 4] }), 'weights/truncated'],
    ['more numbers than its shape', file({ ...floats, shape: [5] }), 'weights/oversized'],
    ['a huge shape', file({ ...floats, shape: [1 << 20, 1 << 20] }), 'weights/bad-format'],
    ['a negative shape', file({ ...floats, shape: [-2, -3] }), 'weights/bad-format'],
    ['too many dimensions', file({ ...floats, shape: Array<number>(99).fill(1) }), 'weights/bad-format'],
    ['zeros left out', file({ ...floats, sparse: true }), 'weights/bad-format'],
    ['8 bits without a scale', file({ ...int8([]), scales: [] }), 'weights/bad-format'],
    ['scales for other rows', file(int8([1, 2, 3])), 'weights/bad-format'],
    ['zero points for other rows', file(int8([1, 2], { zeros: [1, 2, 3] })), 'weights/bad-format'],
    ['a scale that is no number', file(int8([NaN])), 'weights/bad-format'],
  ])('refuses %s', (_, bytes, expected) => {
    expect(code(bytes)).toBe(expected);
  });

  it('refuses a file that is cut off anywhere, or with any one byte another, or reads it; nothing else', () => {
    const whole = file(floats);
    expect(code(whole)).toBeNull();
    const allowed = [null, 'weights/bad-format', 'weights/truncated', 'weights/oversized'];
    for (let length = 0; length < whole.length; length++) expect(allowed).toContain(code(whole.slice(0, length)));
    for (let at = 0; at < whole.length; at++)
      for (const flip of [0xff, 0x80, 0x01]) {
        const damaged = whole.slice();
        damaged[at]! ^= flip;
        expect(allowed).toContain(code(damaged));
      }
  });
});
