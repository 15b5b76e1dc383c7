import { describe, expect, it } from 'vitest';
import type { Weights, WeightTensor } from '../../../../src/core/weights';
import {
  readMetadata,
  readSafetensors,
  withMetadata,
  writeArrays,
  writeSafetensors,
} from '../../../../src/weights/formats/safetensors';
import { errorCode } from '../errorCode';

const TENSORS: readonly [string, WeightTensor][] = [
  [
    'kernel',
    { dtype: 'int8', shape: [2, 1, 1, 3], data: Int8Array.of(-127, 0, 1, 2, 3, 127), scale: Float32Array.of(0.5, 2) },
  ],
  ['half', { dtype: 'float16', shape: [3], data: Uint16Array.of(0x3c00, 0, 0x8000) }],
  ['bias', { dtype: 'float32', shape: [2], data: Float32Array.of(1, -1) }],
  ['x/scale', { dtype: 'float32', shape: [1], data: Float32Array.of(7) }],
];
const WEIGHTS: Weights = new Map(TENSORS);
const code = (bytes: Uint8Array) => errorCode(() => readSafetensors(bytes, 'x.safetensors'));

function file(header: unknown, dataLength: number, claimed?: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + text.length + dataLength);
  new DataView(out.buffer).setBigUint64(0, BigInt(claimed ?? text.length), true);
  out.set(text, 8);
  return out;
}
const F32 = (shape: unknown, from: number, to: number) => ({ dtype: 'F32', shape, data_offsets: [from, to] });

describe('safetensors', () => {
  it('gives weights of every type back as they were written, scales with their tensor', () => {
    expect(readSafetensors(writeSafetensors(WEIGHTS), 'x')).toEqual(new Map(TENSORS.toSorted()));
    expect(readSafetensors(writeSafetensors(WEIGHTS), 'x').get('kernel')).toEqual(WEIGHTS.get('kernel'));
  });

  it('gives the same bytes for the same weights in any order, data aligned', () => {
    const bytes = writeSafetensors(WEIGHTS);
    expect(writeSafetensors(new Map(TENSORS.toReversed()))).toEqual(bytes);
    expect(new DataView(bytes.buffer).getUint32(0, true) % 8).toBe(0);
  });

  it('reads tensors that lie at odd addresses, and passes over metadata', () => {
    const header = {
      __metadata__: { by: 'another program' },
      i: { dtype: 'I8', shape: [1], data_offsets: [0, 1] },
      'i/scale': F32([1], 1, 5),
      f: F32([], 5, 9),
    };
    const weights = readSafetensors(file(header, 9), 'x');
    expect([...weights.keys()]).toEqual(['i', 'f']);
    expect(weights.get('f')).toEqual({ dtype: 'float32', shape: [], data: Float32Array.of(0) });
  });

  it('keeps what a file says of itself, and leaves the weights as they are when that changes', () => {
    const bytes = writeSafetensors(WEIGHTS);
    expect(readMetadata(bytes, 'x')).toEqual(new Map());
    const said = withMetadata(bytes, new Map([['title', 'Übung <b>']]), 'x');
    expect(readMetadata(said, 'x')).toEqual(new Map([['title', 'Übung <b>']]));
    expect(readSafetensors(said, 'x')).toEqual(readSafetensors(bytes, 'x'));
    expect(withMetadata(said, new Map([['title', 'other']]), 'x')).toEqual(
      withMetadata(bytes, new Map([['title', 'other']]), 'x'),
    );
  });

  it('writes whole numbers of 64 bits for others, first and aligned', () => {
    const bytes = writeArrays(
      [
        { name: 'a', type: 'F32', shape: [1], data: Float32Array.of(2) },
        { name: 'n', type: 'I64', shape: [], data: BigInt64Array.of(7n) },
      ],
      new Map([['format', 'pt']]),
    );
    const start = 8 + new DataView(bytes.buffer).getUint32(0, true);
    expect(start % 8).toBe(0);
    expect(new BigInt64Array(bytes.buffer.slice(start, start + 8))).toEqual(BigInt64Array.of(7n));
    expect(readMetadata(bytes, 'x').get('format')).toBe('pt');
    expect(code(bytes)).toBe('weights/bad-format');
  });

  it('refuses a file cut off at any byte, or longer than it says', () => {
    const whole = writeSafetensors(WEIGHTS);
    for (let length = 0; length < whole.length; length++)
      expect(code(whole.slice(0, length))).toBe('weights/truncated');
    expect(code(new Uint8Array([...whole, 0]))).toBe('weights/oversized');
  });

  it.each([
    ['a header length beyond all measure', file({ a: F32([1], 0, 4) }, 4, 2 ** 53)],
    ['a header of two megabytes', file({ a: F32([1], 0, 4) }, 4, 2 << 20)],
    ['a header that is not JSON', file('{"a":', 4)],
    ['a header that does not begin with a brace', file(' {}', 0)],
    ['a list as header', file('[]', 0)],
    ['an entry that is nothing', file({ a: null }, 4)],
    ['a type that is not read here', file({ a: { ...F32([1], 0, 2), dtype: 'BF16' } }, 2)],
    ['a type named like a built-in', file({ a: { ...F32([1], 0, 2), dtype: 'constructor' } }, 2)],
    ['no shape', file({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4)],
    ['a negative size', file({ a: F32([-1], 0, 4) }, 4)],
    ['a size with a fraction', file({ a: F32([1.5], 0, 6) }, 6)],
    ['a shape beyond all measure', file({ a: F32([1e9, 1e9], 0, 4) }, 4)],
    ['offsets that do not fit the shape', file({ a: F32([2], 0, 4) }, 4)],
    ['offsets out of order', file({ a: F32([1], 4, 0) }, 4)],
    ['a negative offset', file({ a: F32([1], -4, 0) }, 4)],
    ['offsets that are text', file({ a: { dtype: 'F32', shape: [1], data_offsets: ['x', 4] } }, 4)],
    ['overlapping tensors', file({ a: F32([1], 0, 4), b: F32([1], 2, 6) }, 6)],
    ['the same bytes twice', file({ a: F32([1], 0, 4), b: F32([1], 0, 4) }, 4)],
    ['a hole between tensors', file({ a: F32([1], 0, 4), b: F32([1], 8, 12) }, 12)],
    ['a hole before the first', file({ a: F32([1], 4, 8) }, 8)],
    ['8-bit weights without scale', file({ a: { dtype: 'I8', shape: [4], data_offsets: [0, 4] } }, 4)],
    [
      '8-bit weights with a scale of another size',
      file({ a: { dtype: 'I8', shape: [4], data_offsets: [0, 4] }, 'a/scale': F32([1], 4, 8) }, 8),
    ],
  ])('refuses %s', (_, bytes) => {
    expect(code(bytes)).toBe('weights/bad-format');
  });

  it('writes a tensor of any name, one that JavaScript has a meaning for too', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const odd: Weights = new Map(
      names.map((name, i) => [name, { dtype: 'float32', shape: [1], data: Float32Array.of(i) }]),
    );
    const bytes = withMetadata(writeSafetensors(odd), new Map([['__proto__', 'x']]), 'x');
    expect(readSafetensors(bytes, 'x')).toEqual(odd);
    expect(readMetadata(bytes, 'x')).toEqual(new Map([['__proto__', 'x']]));
  });

  it('does not allocate what a header claims before the bytes are there', () => {
    expect(code(file({ a: F32([500_000_000], 0, 2_000_000_000) }, 4))).toBe('weights/truncated');
  });
});
