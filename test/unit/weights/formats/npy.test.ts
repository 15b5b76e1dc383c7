import { describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../../../src/weights/formats/npy';
import { errorCode } from '../errorCode';

const code = (bytes: Uint8Array) => errorCode(() => readNpy(bytes, 'x.npy'));

/** A `.npy` file by hand: `header` as NumPy's text, `version` 1 to 3. */
function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const lengthBytes = version === 1 ? 2 : 4;
  const out = new Uint8Array(8 + lengthBytes + text.length + data.length);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  for (let i = 0; i < lengthBytes; i++) out[8 + i] = (text.length >> (8 * i)) & 255;
  out.set(text, 8 + lengthBytes);
  out.set(data, 8 + lengthBytes + text.length);
  return out;
}
const head = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }\n`;
const bytesOf = (data: ArrayBufferView) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

describe('npy', () => {
  it.each([
    ['float32', Float32Array.of(1.5, -2, 3, 4, 5, 6)],
    ['float64', Float64Array.of(0.1, 0.2, 0.3, 4, 5, 6)],
    ['int32', Int32Array.of(-1, 2, 3, 4, 5, 6)],
    ['int64', BigInt64Array.of(-1n, 2n, 3n, 4n, 5n, 2n ** 40n)],
    ['uint8', Uint8Array.of(0, 255, 3, 4, 5, 6)],
  ])('gives %s arrays back as they were written', (_, data) => {
    for (const shape of [[6], [2, 3], [1, 2, 3, 1]]) {
      expect(readNpy(writeNpy({ shape, data }), 'x.npy')).toEqual({ shape, data });
    }
  });

  it('aligns the data to 64 bytes and ends the header with a line feed, as NumPy does', () => {
    const bytes = writeNpy({ shape: [2, 512], data: new Float32Array(1024) });
    expect((bytes.length - 4096) % 64).toBe(0);
    expect(bytes[bytes.length - 4097]).toBe(10);
  });

  it('reads format versions 2 and 3, a scalar, and an array in column order', () => {
    const data = bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect([...readNpy(npy(head('<f4', '2, 3'), data, 2), 'x').data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...readNpy(npy(head('<f4', '2, 3', 'True'), data, 3), 'x').data]).toEqual([1, 3, 5, 2, 4, 6]);
    expect(readNpy(npy(head('<f4', ''), data.subarray(0, 4)), 'x').shape).toEqual([]);
  });

  it('refuses what is cut off, too long, of an unknown type or damaged', () => {
    const good = npy(head('<f4', '2, 3'), new Uint8Array(24));
    expect(code(good)).toBeNull();
    for (let length = 12; length < good.length; length++) expect(code(good.slice(0, length))).toBe('weights/truncated');
    expect(code(new Uint8Array([...good, 0]))).toBe('weights/oversized');
    const bad = [
      new Uint8Array(0),
      new TextEncoder().encode('PK not a npy file'),
      npy(head('<f4', '2, 3'), new Uint8Array(24), 9),
      npy(head('>f4', '2, 3'), new Uint8Array(24)),
      npy(head('|O', '2, 3'), new Uint8Array(24)),
      npy(head('toString', '2, 3'), new Uint8Array(24)),
      npy(head('<f4', '2, -3'), new Uint8Array(24)),
      npy(`{'descr': '<f4', 'shape': (2, 3)}`, new Uint8Array(24)),
      npy(head('<f4', '9999999, 9999999'), new Uint8Array(24)),
      npy(' '.repeat(70_000), new Uint8Array(24), 2),
    ];
    for (const bytes of bad) expect(code(bytes)).toBe('weights/bad-format');
  });

  it('does not allocate what a header claims before the bytes are there', () => {
    expect(code(npy(head('<f8', '200000000'), new Uint8Array(8)))).toBe('weights/truncated');
  });
});
