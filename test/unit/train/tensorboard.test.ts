import { expect, it } from 'vitest';
import { fileHeaderRecord, scalarsRecord } from '../../../src/train/tensorboard';

/** CRC-32C bit by bit, as its definition (reflected polynomial 0x82f63b78). */
function crc32c(data: Uint8Array): number {
  let crc = 0xffffffffn;
  for (const byte of data) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n;
  }
  return Number(crc ^ 0xffffffffn);
}
const masked = (data: Uint8Array) => {
  const crc = BigInt(crc32c(data));
  return Number(((((crc >> 15n) | (crc << 17n)) & 0xffffffffn) + 0xa282ead8n) & 0xffffffffn);
};

/** The data of each record, its checksums verified. */
function readRecords(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(masked(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(masked(data));
    records.push(data);
    at += length + 16;
  }
  return records;
}

type Field = readonly [number, number | bigint | Uint8Array];

/** The fields of a protocol-buffers message. */
function readFields(data: Uint8Array): Field[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < data.length) {
    const key = Number(varint());
    const [field, type] = [key >> 3, key & 7];
    if (type === 0) fields.push([field, varint()]);
    else if (type === 1) fields.push([field, view.getFloat64((at += 8) - 8, true)]);
    else if (type === 5) fields.push([field, view.getFloat32((at += 4) - 4, true)]);
    else if (type === 2) {
      const length = Number(varint());
      fields.push([field, data.subarray(at, (at += length))]);
    } else throw new Error(`wire type ${type}`);
  }
  return fields;
}
const text = (bytes: unknown) => new TextDecoder().decode(bytes as Uint8Array);

it('the checksum is CRC-32C', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
});

it('a file of a header and steps reads back whole', () => {
  const steps = [
    { step: 1, scalars: { loss: 2.5, 'rate/ü': 0.05 } },
    { step: 275_000, scalars: { loss: NaN } },
    { step: 2 ** 40, scalars: {} },
  ];
  const parts = [
    fileHeaderRecord(1_800_000_000.25),
    ...steps.map(({ step, scalars }) => scalarsRecord(1_800_000_001.5, step, scalars)),
  ];
  const file = Uint8Array.from(parts.flatMap((part) => [...part]));
  const [header, ...events] = readRecords(file).map((data) => new Map(readFields(data)));
  expect(header!.get(1)).toBe(1_800_000_000.25);
  expect(text(header!.get(3))).toBe('brain.Event:2');
  events.forEach((event, i) => {
    expect(event.get(1)).toBe(1_800_000_001.5);
    expect(event.get(2)).toBe(BigInt(steps[i]!.step));
    const values = readFields(event.get(5) as Uint8Array).map(([field, value]) => {
      expect(field).toBe(1);
      const parts = new Map(readFields(value as Uint8Array));
      return [text(parts.get(1)), parts.get(2)];
    });
    expect(values).toEqual(Object.entries(steps[i]!.scalars).map(([tag, value]) => [tag, Math.fround(value)]));
  });
});
