/**
 * TensorBoard's event files: TFRecords (length, masked CRC-32C of it, data, masked CRC-32C of that), the data being an
 * `Event` message of protocol buffers.
 */

/** The record that a file begins with. `seconds` since 1970. */
export function fileHeaderRecord(seconds: number): Uint8Array<ArrayBuffer> {
  return record([...double(1, seconds), ...bytes(3, utf8('brain.Event:2'))]);
}

/** One step's numbers by tag. `seconds` since 1970. */
export function scalarsRecord(
  seconds: number,
  step: number,
  scalars: Readonly<Record<string, number>>,
): Uint8Array<ArrayBuffer> {
  const values = Object.entries(scalars).flatMap(([tag, value]) =>
    bytes(1, [...bytes(1, utf8(tag)), ...float(2, value)]),
  );
  return record([...double(1, seconds), (2 << 3) | 0, ...varint(step), ...bytes(5, values)]);
}

function record(data: readonly number[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedCrc(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(out.subarray(12, 12 + data.length)), true);
  return out;
}

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  return [...out, rest];
}

function bytes(field: number, content: readonly number[]): number[] {
  return [(field << 3) | 2, ...varint(content.length), ...content];
}

function double(field: number, value: number): number[] {
  return [(field << 3) | 1, ...new Uint8Array(littleEndian(8, (view) => view.setFloat64(0, value, true)))];
}

function float(field: number, value: number): number[] {
  return [(field << 3) | 5, ...new Uint8Array(littleEndian(4, (view) => view.setFloat32(0, value, true)))];
}

function littleEndian(size: number, write: (view: DataView) => void): ArrayBuffer {
  const buffer = new ArrayBuffer(size);
  write(new DataView(buffer));
  return buffer;
}

function utf8(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

/** CRC-32C (Castagnoli), rotated by 15 bits plus a constant, as TFRecords mask it. */
function maskedCrc(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!;
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
